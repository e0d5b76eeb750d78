//! The one test suite: each module is an angle.

mod theory;
