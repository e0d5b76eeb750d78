//! Memory for large fleets.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which asks for huge pages where much memory is asked for at once.
///
/// The tables of a fleet of ten thousand instances and more are met in random order. With pages of 4 KiB nearly every step
/// then waits for the translation of an address as well as for the data; with pages of 2 MiB it does not, and a run takes
/// about a quarter less time. Small fleets notice nothing. The kernel is free to ignore the advice, as other systems than Linux do.
pub struct HugePages;

/// The size of a huge page on x86-64 and on 64-bit ARM with small pages of 4 KiB, in bytes.
const HUGE: usize = 2 << 20;
/// Less than that does not fill a few huge pages.
const LARGE: usize = 2 * HUGE;

/// The layout with which large memory is asked for: on the border of a huge page.
fn aligned(layout: Layout) -> Option<Layout> {
    if layout.size() < LARGE { None } else { layout.align_to(HUGE).ok() }
}

#[cfg(target_os = "linux")]
fn advise(start: *mut u8, bytes: usize) {
    if !start.is_null() {
        // SAFETY: the range was just allocated, and advice changes nothing of what is in it. A refusal is no harm.
        unsafe { libc::madvise(start.cast(), bytes, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}

// SAFETY: every block comes from and goes back to the system's allocator, with the same layout both times: `aligned` depends
// on the layout alone.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(layout) = aligned(layout) else {
            // SAFETY: the caller's promise is handed on.
            return unsafe { System.alloc(layout) };
        };
        // SAFETY: the same, with a stricter alignment.
        let start = unsafe { System.alloc(layout) };
        advise(start, layout.size());
        start
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if aligned(layout).is_none() {
            // SAFETY: the caller's promise is handed on.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: the caller's promise is handed on.
        let start = unsafe { self.alloc(layout) };
        if !start.is_null() {
            // SAFETY: so many bytes were just allocated.
            unsafe { start.write_bytes(0, layout.size()) };
        }
        start
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: `alloc` used this layout.
        unsafe { System.dealloc(start, aligned(layout).unwrap_or(layout)) };
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is in range for the alignment.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if aligned(layout).is_none() && aligned(new).is_none() {
            // SAFETY: the caller's promise is handed on.
            return unsafe { System.realloc(start, layout, size) };
        }
        // SAFETY: the new block is another one; what both have room for is copied before the old one goes.
        unsafe {
            let to = self.alloc(new);
            if !to.is_null() {
                to.copy_from_nonoverlapping(start, layout.size().min(size));
                self.dealloc(start, layout);
            }
            to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks on both sides of the border, grown and shrunk across it, keep what is in them.
    #[test]
    fn what_is_in_a_block_stays() {
        let layout = |size| Layout::from_size_align(size, 64).expect("a layout");
        let sizes = [64, LARGE - 1, LARGE, 3 * LARGE + 5, LARGE + 1, 100];
        // SAFETY: each block is asked for, grown and given back with the layout that it has, and read within its size.
        unsafe {
            let mut start = HugePages.alloc_zeroed(layout(sizes[0]));
            for pair in sizes.windows(2) {
                let both = pair[0].min(pair[1]);
                start.write_bytes(7, pair[0]);
                start = HugePages.realloc(start, layout(pair[0]), pair[1]);
                assert!(!start.is_null());
                assert!(std::slice::from_raw_parts(start, both).iter().all(|byte| *byte == 7), "{pair:?}");
            }
            HugePages.dealloc(start, layout(sizes[5]));
            let start = HugePages.alloc_zeroed(layout(LARGE));
            assert_eq!(start as usize % HUGE, 0);
            assert!(std::slice::from_raw_parts(start, LARGE).iter().all(|byte| *byte == 0));
            HugePages.dealloc(start, layout(LARGE));
        }
    }
}
