//! DejaVu Sans, for measuring text and for drawing it into bitmaps.
//!
//! SVG viewers bring their own fonts. DejaVu Sans is wider than the usual ones, so what fits here fits there.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

type Face = Option<FontRef<'static>>;

static REGULAR: LazyLock<Face> = LazyLock::new(|| FontRef::try_from_slice(dejavu::sans::regular()).ok());
static BOLD: LazyLock<Face> = LazyLock::new(|| FontRef::try_from_slice(dejavu::sans::bold()).ok());

fn face(bold: bool) -> Option<&'static FontRef<'static>> {
    if bold { BOLD.as_ref() } else { REGULAR.as_ref() }
}

/// The scale at which an em is `size` pixels high.
fn scale(font: &FontRef<'static>, size: f64) -> PxScale {
    let per_em = font.units_per_em().unwrap_or(2048.0);
    PxScale::from(size as f32 * font.height_unscaled() / per_em)
}

/// Each glyph of a text with its distance from the text's start, and the width of the text; pixels.
fn lay_out(font: &FontRef<'static>, text: &str, size: f64) -> (Vec<(GlyphId, f32)>, f32) {
    let scaled = font.as_scaled(scale(font, size));
    let mut x = 0.0;
    let mut last = None;
    let mut glyphs = Vec::new();
    for c in text.chars() {
        let glyph = scaled.glyph_id(c);
        if let Some(last) = last {
            x += scaled.kern(last, glyph);
        }
        glyphs.push((glyph, x));
        x += scaled.h_advance(glyph);
        last = Some(glyph);
    }
    (glyphs, x)
}

/// The width of a text in pixels, its em being `size` pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    face(bold).map_or(0.0, |font| f64::from(lay_out(font, text, size).1))
}

/// The text, shortened with `…` to at most `room` pixels.
pub(super) fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let with = |kept: usize| chars[..kept].iter().collect::<String>().trim_end().to_owned() + "…";
    // Texts get wider with each character, so the longest that fits can be searched for.
    let (mut fits, mut too_long) = (0, chars.len());
    while fits + 1 < too_long {
        let middle = usize::midpoint(fits, too_long);
        if width(&with(middle), size, bold) <= room { fits = middle } else { too_long = middle }
    }
    if fits == 0 { String::new() } else { with(fits) }
}

/// The text in one line of at most `room` pixels, or in two that are broken at a space or behind a hyphen; what does not
/// fit into two is cut.
pub(super) fn two_lines(text: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    if width(text, size, bold) <= room {
        return vec![text.to_owned()];
    }
    let ends = text.char_indices().filter(|(_, c)| matches!(c, ' ' | '-')).map(|(at, c)| at + c.len_utf8());
    let fits = |end: &usize| width(text[..*end].trim_end(), size, bold) <= room;
    match ends.filter(|end| *end < text.len()).take_while(fits).last() {
        Some(end) => vec![text[..end].trim_end().to_owned(), fit(&text[end..], size, bold, room)],
        None => vec![fit(text, size, bold, room)],
    }
}

/// The text with its middle cut out to at most `room` pixels: names that differ in their ends stay apart.
pub(super) fn fit_ends(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let with = |kept: usize| {
        let (head, tail) = (&chars[..kept.div_ceil(2)], &chars[chars.len() - kept / 2..]);
        head.iter().chain(['…'].iter()).chain(tail).collect::<String>()
    };
    (1..chars.len()).rev().map(with).find(|text| width(text, size, bold) <= room).unwrap_or_default()
}

/// Draws a text whose baseline starts at (`x`, `y`), calling `dot` with each pixel and how much of it is covered (0 to 1).
pub(super) fn draw(text: &str, size: f64, bold: bool, x: f64, y: f64, mut dot: impl FnMut(i32, i32, f64)) {
    let Some(font) = face(bold) else { return };
    let scale = scale(font, size);
    for (id, offset) in lay_out(font, text, size).0 {
        let glyph = id.with_scale_and_position(scale, point(x as f32 + offset, y as f32));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, cover| {
                let (px, py) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
                dot(px, py, f64::from(cover.clamp(0.0, 1.0)));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_text_is_wider_and_is_cut_to_fit() {
        assert!(width("ab", 20.0, false) > width("a", 20.0, false));
        assert!(width("ab", 20.0, true) > width("ab", 20.0, false));
        let cut = fit("a long name that goes on and on", 20.0, false, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 20.0, false) <= 100.0, "{cut}");
        assert_eq!(fit("short", 20.0, false, 100.0), "short");
        assert_eq!(fit("short", 20.0, false, 1.0), "");
    }

    #[test]
    fn a_long_text_is_broken_or_keeps_its_ends() {
        let text = "the-first-zone of a-very-long-name";
        let lines = two_lines(text, 20.0, false, 200.0);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 20.0, false) <= 200.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(two_lines("short", 20.0, false, 200.0), ["short"]);
        assert_eq!(two_lines("unbreakablebutlong", 20.0, false, 100.0).len(), 1);
        let (one, other) = ("zone-with-a-name-1a", "zone-with-a-name-1b");
        let cut = |text| fit_ends(text, 20.0, false, 100.0);
        assert!(cut(one).ends_with("1a") && cut(one) != cut(other), "{}", cut(one));
        assert!(width(&cut(one), 20.0, false) <= 100.0);
    }
}
