//! Placeholder until the sample comparison is there.
