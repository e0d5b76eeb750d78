//! Names for places in a tree, such as `services[2].name`.

use std::fmt;
use std::sync::Arc;

/// One step into a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Into a mapping, by key.
    Key(Arc<str>),
    /// Into a list, by position from 0.
    Index(usize),
}

/// A way from the root of a tree to one of its values.
///
/// Shares its beginning with the paths that it was made from, so that stepping on
/// costs the same at any depth: `path.key("services").index(2).key("name")`.
#[derive(Clone, Default)]
pub struct Path(Option<Arc<Step>>);

struct Step {
    before: Path,
    segment: Segment,
}

impl Path {
    /// The whole tree.
    pub fn root() -> Self {
        Self(None)
    }

    /// On into a mapping.
    #[must_use]
    pub fn key(&self, key: impl Into<Arc<str>>) -> Self {
        self.step(Segment::Key(key.into()))
    }

    /// On into a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Segment::Index(index))
    }

    fn step(&self, segment: Segment) -> Self {
        Self(Some(Arc::new(Step { before: self.clone(), segment })))
    }

    /// The steps from the root.
    pub fn segments(&self) -> Vec<&Segment> {
        let mut segments = Vec::new();
        let mut path = self;
        while let Some(step) = &path.0 {
            segments.push(&step.segment);
            path = &step.before;
        }
        segments.reverse();
        segments
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments().into_iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                // Quoted where the bare key would read as several steps, or as none.
                Segment::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"', '=']) => {
                    write!(f, "[{key:?}]")?;
                }
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({self})")
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.segments() == other.segments()
    }
}

impl Eq for Path {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        let services = Path::root().key("services");
        let name = services.index(2).key("name");
        assert_eq!(name.to_string(), "services[2].name");
        assert_eq!(services.to_string(), "services", "a longer path leaves its start alone");
        assert_eq!(Path::root().to_string(), "");
        assert_eq!(Path::root().index(0).key("a").to_string(), "[0].a");
        assert_eq!(services.key("web.eu").key("").to_string(), r#"services["web.eu"][""]"#);
    }

    #[test]
    fn equal_by_what_it_names() {
        let path = || Path::root().key("a").index(1);
        assert_eq!(path(), path());
        assert_ne!(path(), path().key("b"));
        assert_ne!(Path::root().key("1"), Path::root().index(1));
    }
}
