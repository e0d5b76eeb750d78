//! The program: all of it is in the library.

use std::process::ExitCode;

#[global_allocator]
static MEMORY: longshore::base::huge_pages::HugePages = longshore::base::huge_pages::HugePages;

fn main() -> ExitCode {
    longshore::cli::main()
}
