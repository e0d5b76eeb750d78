//! A CSV table that a scenario names, or that stands in it.

use std::io::Read;
use std::path::Path;

/// A table with its headings.
pub struct Table<'a> {
    /// What it is called: its file's name, or `csv` where its text stands in the scenario.
    pub name: &'a str,
    /// The same with the whole path.
    pub shown: String,
    /// What reads it, or why its file cannot be opened.
    pub reader: csv::Result<csv::Reader<Box<dyn Read + 'a>>>,
}

impl<'a> Table<'a> {
    /// The table of a `file`, whose name is relative to `base`, or of a text.
    ///
    /// # Errors
    /// That both are given, or neither.
    pub fn of(file: Option<&'a str>, text: Option<&'a str>, base: &Path) -> Result<Table<'a>, String> {
        let reader = |source: Box<dyn Read + 'a>| csv::Reader::from_reader(source);
        match (file, text) {
            (Some(file), None) => {
                let path = base.join(file);
                let opened = std::fs::File::open(&path).map_err(csv::Error::from);
                let reader = opened.map(|opened| reader(Box::new(opened)));
                Ok(Table { name: file, shown: path.display().to_string(), reader })
            }
            (None, Some(text)) => {
                Ok(Table { name: "csv", shown: "csv".to_owned(), reader: Ok(reader(Box::new(text.as_bytes()))) })
            }
            (Some(_), Some(_)) => Err("give `file` or `csv`, not both".to_owned()),
            (None, None) => Err("it needs the name of a CSV file, as in `file: repairs.csv`".to_owned()),
        }
    }
}
