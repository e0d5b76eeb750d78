//! Finds the numbers in anything that can be serialized, each with its path, without building a tree.
//!
//! A field adds its name to the path. An element of a list adds its `name`, or, where it has none, the texts that it begins
//! with (cause and phase of lost task-time), or else its position. Texts are no figures; a truth value counts as 0 or 1.

use std::fmt::Display;

use serde::ser::{self, Serialize};

/// What stands at a path.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Leaf {
    /// A whole number.
    Whole(f64),
    /// Any other number.
    Number(f64),
    /// `null`.
    Null,
}

/// Calls `visit` for each number and `null` in `value`.
pub fn walk(value: &impl Serialize, path: &mut String, visit: &mut dyn FnMut(&str, Leaf)) {
    path.clear();
    let mut walker = Walker { path, text: String::new(), is_text: false, element: None, visit };
    // `Fault` is never made: what cannot hold a figure is passed over.
    let _ = value.serialize(&mut walker);
}

struct Walker<'a> {
    path: &'a mut String,
    /// The text that was met last, where `is_text`.
    text: String,
    is_text: bool,
    /// The value to come is the element of a list at this position.
    element: Option<usize>,
    visit: &'a mut dyn FnMut(&str, Leaf),
}

impl Walker<'_> {
    fn leaf(&mut self, leaf: Leaf) -> Result<(), Fault> {
        let outside = self.path.len();
        if let Some(position) = self.element {
            self.enter(&position.to_string());
        }
        (self.visit)(self.path, leaf);
        self.path.truncate(outside);
        Ok(())
    }

    fn enter(&mut self, name: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
    }
}

/// Demanded by `serde`, and never made.
#[derive(Debug)]
pub struct Fault;

impl Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no figures")
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: Display>(_: T) -> Fault {
        Fault
    }
}

/// A list, or a struct or map with its fields.
pub struct Inside<'a, 'b> {
    walker: &'a mut Walker<'b>,
    /// The length of the path outside.
    outside: usize,
    /// The position in the list, of an element whose label is not complete yet.
    unlabelled: Option<usize>,
    /// The label has begun: no position is needed.
    labelled: bool,
    next: usize,
    key: String,
}

impl<'a, 'b> Inside<'a, 'b> {
    fn new(walker: &'a mut Walker<'b>) -> Inside<'a, 'b> {
        let unlabelled = walker.element.take();
        Inside { outside: walker.path.len(), walker, unlabelled, labelled: false, next: 0, key: String::new() }
    }

    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        let before = self.walker.path.len();
        self.walker.enter(name);
        self.walker.is_text = false;
        if self.unlabelled.is_some() && !is_text(value, self.walker) {
            self.walker.path.truncate(before);
            self.close_label();
            let before = self.walker.path.len();
            self.walker.enter(name);
            value.serialize(&mut *self.walker)?;
            self.walker.path.truncate(before);
            return Ok(());
        }
        if self.unlabelled.is_some() {
            self.walker.path.truncate(before);
            let text = std::mem::take(&mut self.walker.text);
            self.walker.enter(&text);
            self.walker.text = text;
            self.labelled = true;
            if name == "name" {
                self.unlabelled = None;
            }
            return Ok(());
        }
        value.serialize(&mut *self.walker)?;
        self.walker.path.truncate(before);
        Ok(())
    }

    fn close_label(&mut self) {
        if let Some(position) = self.unlabelled.take()
            && !self.labelled
        {
            self.walker.enter(&position.to_string());
        }
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        self.walker.element = Some(self.next);
        self.next += 1;
        value.serialize(&mut *self.walker)?;
        self.walker.element = None;
        Ok(())
    }

    fn leave(self) -> Result<(), Fault> {
        self.walker.path.truncate(self.outside);
        Ok(())
    }
}

/// Whether a value is a text, which then stands in the walker.
fn is_text(value: &(impl Serialize + ?Sized), walker: &mut Walker<'_>) -> bool {
    let mut probe = Walker {
        path: &mut String::new(),
        text: std::mem::take(&mut walker.text),
        is_text: false,
        element: None,
        visit: &mut |_, _| {},
    };
    let _ = value.serialize(&mut probe);
    let found = probe.is_text;
    walker.text = probe.text;
    found
}

macro_rules! whole {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Fault> {
            self.leaf(Leaf::Whole(value as f64))
        })*
    };
}

impl<'a, 'b> ser::Serializer for &'a mut Walker<'b> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Inside<'a, 'b>;
    type SerializeTuple = Inside<'a, 'b>;
    type SerializeTupleStruct = Inside<'a, 'b>;
    type SerializeTupleVariant = ser::Impossible<(), Fault>;
    type SerializeMap = Inside<'a, 'b>;
    type SerializeStruct = Inside<'a, 'b>;
    type SerializeStructVariant = ser::Impossible<(), Fault>;

    whole!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    whole!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        self.leaf(Leaf::Whole(f64::from(u8::from(value))))
    }

    fn serialize_f32(self, value: f32) -> Result<(), Fault> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Fault> {
        // As JSON has it.
        self.leaf(if value.is_finite() { Leaf::Number(value) } else { Leaf::Null })
    }

    fn serialize_char(self, _: char) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        self.text.clear();
        self.text.push_str(value);
        self.is_text = true;
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.leaf(Leaf::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.leaf(Leaf::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.leaf(Leaf::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        Inside::new(self).field(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a, 'b>, Fault> {
        self.element = None;
        Ok(Inside::new(self))
    }

    fn serialize_tuple(self, length: usize) -> Result<Inside<'a, 'b>, Fault> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Inside<'a, 'b>, Fault> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Fault> {
        Err(Fault)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'a, 'b>, Fault> {
        Ok(Inside::new(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a, 'b>, Fault> {
        Ok(Inside::new(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Fault> {
        Err(Fault)
    }
}

impl ser::SerializeSeq for Inside<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

impl ser::SerializeTuple for Inside<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

impl ser::SerializeTupleStruct for Inside<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

impl ser::SerializeMap for Inside<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        if is_text(key, self.walker) {
            std::mem::swap(&mut self.key, &mut self.walker.text);
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let key = std::mem::take(&mut self.key);
        let done = self.field(&key, value);
        self.key = key;
        done
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

impl ser::SerializeStruct for Inside<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    struct Lost {
        cause: &'static str,
        phase: &'static str,
        seconds: f64,
    }

    #[derive(serde::Serialize)]
    struct Place {
        name: &'static str,
        count: u32,
    }

    #[derive(serde::Serialize)]
    struct Group {
        #[serde(flatten)]
        place: Place,
        kind: &'static str,
        lost: Vec<Lost>,
        none: Option<f64>,
        list: Vec<f64>,
        wrong: f64,
        met: bool,
        texts: Vec<&'static str>,
    }

    #[test]
    fn elements_are_named_by_their_name_or_by_the_texts_that_they_begin_with() {
        let group = Group {
            place: Place { name: "a.b", count: 3 },
            kind: "text",
            lost: vec![Lost { cause: "crash", phase: "pull", seconds: 0.5 }],
            none: None,
            list: vec![1.5, 2.5],
            wrong: f64::NAN,
            met: true,
            texts: vec!["x"],
        };
        let mut found = Vec::new();
        walk(&[group], &mut String::new(), &mut |path, leaf| found.push((path.to_owned(), leaf)));
        let expected = [
            ("a.b.count", Leaf::Whole(3.0)),
            ("a.b.lost.crash.pull.seconds", Leaf::Number(0.5)),
            ("a.b.none", Leaf::Null),
            ("a.b.list.0", Leaf::Number(1.5)),
            ("a.b.list.1", Leaf::Number(2.5)),
            ("a.b.wrong", Leaf::Null),
            ("a.b.met", Leaf::Whole(1.0)),
        ];
        assert_eq!(found, expected.map(|(path, leaf)| (path.to_owned(), leaf)));
    }
}
