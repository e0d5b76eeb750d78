//! What a schema asks of one value, gathered from all the places where it is said.

use serde_json::{Map, Value as Json};

use super::super::node::{Node, Value};

type Object = Map<String, Json>;

/// Where `$ref`s of `$ref`s stop. A schema that refers to itself at once says nothing.
const MAX_LAYERS: usize = 64;

/// The schema objects that apply to one value together: a schema, what its `$ref` and
/// `allOf` name, and the branches that were chosen of its `oneOf` and `anyOf`.
#[derive(Clone)]
pub(super) struct Shape<'s> {
    layers: Vec<&'s Object>,
    /// Choices that are still to be made.
    open: Vec<&'s [Json]>,
    /// Choices that were made. One that leads back to itself is not made again.
    made: Vec<&'s [Json]>,
    root: &'s Json,
    /// The name of the type, where the schema tells it.
    name: Option<&'s str>,
    /// Whether it is the schema `false`, which no value fits.
    never: bool,
}

impl<'s> Shape<'s> {
    pub fn of(schema: &'s Json, root: &'s Json) -> Self {
        let mut shape = Self { layers: Vec::new(), open: Vec::new(), made: Vec::new(), root, name: None, never: false };
        shape.add(schema);
        shape
    }

    fn add(&mut self, schema: &'s Json) {
        let object = match schema {
            Json::Bool(true) => return,
            Json::Object(object) => object,
            // `false`, and what is no schema at all.
            _ => {
                self.never = true;
                return;
            }
        };
        let known = self.layers.iter().any(|layer| std::ptr::eq(*layer, object));
        if known || self.layers.len() >= MAX_LAYERS {
            return;
        }
        self.layers.push(object);
        if self.name.is_none() {
            self.name = object.get("title").and_then(Json::as_str);
        }
        if let Some(target) = object.get("$ref").and_then(Json::as_str)
            && let Some(pointer) = target.strip_prefix('#')
            && let Some(schema) = self.root.pointer(pointer)
        {
            // A title is written for people; the name of a definition is that of a type.
            let title = schema.get("title").and_then(Json::as_str);
            self.name = self.name.or(title).or(pointer.rsplit('/').next().filter(|name| !name.is_empty()));
            self.add(schema);
        }
        for schema in object.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.add(schema);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(branches) = object.get(choice).and_then(Json::as_array) {
                self.open.push(branches);
            }
        }
    }

    /// The next choice that is to be made, as shapes.
    pub fn next_branches(&mut self) -> Option<Vec<Shape<'s>>> {
        let branches = self.open.pop()?;
        self.made.push(branches);
        let inner = |schema| {
            let mut branch = Shape::of(schema, self.root);
            let made = |set: &&[Json]| self.made.iter().any(|made| std::ptr::eq(*made, *set));
            branch.open.retain(|set| !made(set));
            branch.made.clone_from(&self.made);
            branch
        };
        Some(branches.iter().map(inner).collect())
    }

    /// The choices that are to be made, as shapes, leaving them open.
    pub fn branches(&self) -> impl Iterator<Item = Shape<'s>> + '_ {
        self.open.iter().flat_map(|set| set.iter()).map(|branch| Shape::of(branch, self.root))
    }

    /// Takes in a chosen branch.
    pub fn absorb(&mut self, branch: Shape<'s>) {
        if self.layers.len() < MAX_LAYERS {
            self.layers.extend(branch.layers);
            self.open.extend(branch.open);
        }
        // The whole has the name that people know; `null` beside a type has none.
        self.name = self.name.or(branch.name);
        self.never |= branch.never;
    }

    /// All values of a keyword, the outermost first.
    pub fn all<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'s Json> + 'a {
        self.layers.iter().filter_map(move |layer| layer.get(keyword))
    }

    /// The outermost value of a keyword.
    pub fn get(&self, keyword: &str) -> Option<&'s Json> {
        self.layers.iter().find_map(|layer| layer.get(keyword))
    }

    pub fn text(&self, keyword: &str) -> Option<&'s str> {
        self.get(keyword).and_then(Json::as_str)
    }

    pub fn name(&self) -> Option<&'s str> {
        self.name
    }

    pub fn never(&self) -> bool {
        self.never
    }

    /// The fields that are named, in the order of the schema.
    pub fn properties(&self) -> impl Iterator<Item = (&'s str, &'s Json)> + '_ {
        let fields = self.all("properties").filter_map(Json::as_object).flatten();
        fields.map(|(name, schema)| (name.as_str(), schema))
    }

    /// The fields that must be there.
    pub fn required(&self) -> impl Iterator<Item = &'s str> + '_ {
        self.all("required").filter_map(Json::as_array).flatten().filter_map(Json::as_str)
    }

    /// What is asked of fields that are not named.
    pub fn others(&self) -> impl Iterator<Item = &'s Json> + '_ {
        self.all("additionalProperties").chain(self.all("unevaluatedProperties"))
    }

    /// The values that are allowed, if they are listed (`enum` or `const`).
    pub fn listed(&self) -> Option<Vec<&'s Json>> {
        let listed = self.get("enum").and_then(Json::as_array).map(|values| values.iter().collect());
        listed.or_else(|| self.get("const").map(|value| vec![value]))
    }

    /// The texts that are allowed, if nothing else is.
    pub fn names(&self) -> Option<Vec<&'s str>> {
        self.listed()?.into_iter().map(Json::as_str).collect()
    }

    /// The types that are allowed, if they are told.
    pub fn types(&self) -> Option<Vec<&'s str>> {
        match self.get("type")? {
            Json::String(one) => Some(vec![one]),
            Json::Array(many) => Some(many.iter().filter_map(Json::as_str).collect()),
            _ => None,
        }
    }

    pub fn only_null(&self) -> bool {
        self.types().is_some_and(|types| types == ["null"]) || self.get("const").is_some_and(Json::is_null)
    }

    /// Whether a value of this kind can fit, whatever it holds.
    pub fn admits(&self, node: &Node) -> bool {
        self.admits_within(node, 0)
    }

    fn admits_within(&self, node: &Node, depth: usize) -> bool {
        if self.never {
            return false;
        }
        if let Some(types) = self.types() {
            return types.iter().any(|name| is_type(&node.value, name));
        }
        if let Some(listed) = self.listed() {
            return listed.iter().any(|value| same_kind(&node.value, value));
        }
        let mut branches = self.branches().peekable();
        branches.peek().is_none() || depth >= MAX_LAYERS || branches.any(|branch| branch.admits_within(node, depth + 1))
    }
}

/// Whether a value is of a type of JSON Schema, as serde sees it.
pub(super) fn is_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Int(_) => name == "integer" || name == "number",
        Value::Float(number) => name == "number" && number.is_finite(),
        Value::Text(_) => name == "string",
        Value::List(_) => name == "array",
        Value::Map(_) => name == "object",
    }
}

fn same_kind(value: &Value, listed: &Json) -> bool {
    let name = match listed {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    is_type(value, name)
}
