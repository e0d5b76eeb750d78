//! The search for capacity: answers that were worked out by hand, the search against trying every number, and the program.

mod exhaustive;
mod program;
mod survival;
mod worked;

use std::path::Path;

use longshore::engine::Checking;
use longshore::experiment::search::outcome::{CandidateOutcome, CapacityPlan};
use longshore::experiment::search::{Design, search};
use longshore::scenario::plan::Loss;
use longshore::scenario::{self, Plan};
use serde_json::Value;

/// A scenario in a file of its own, for edits.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(text: &str) -> Case {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("case.yaml"), text).expect("a scenario");
        Case { folder }
    }

    fn load(&self, edits: &[String]) -> Result<Plan, String> {
        scenario::load(&self.folder.path().join("case.yaml"), edits)
            .map(|loaded| loaded.plan)
            .map_err(|refused| refused.problems.sorted().first().map_or_else(String::new, |one| one.message.clone()))
    }

    fn search(&self, design: &Design) -> CapacityPlan {
        let base = self.load(&[]).expect("a sound scenario");
        search(&base, &|edits| self.load(edits), design, None, |_| {}).expect("a search that ends")
    }
}

fn design(types: &[&str], survive: &[Loss]) -> Design {
    Design {
        group: "group".into(),
        types: types.iter().map(|name| (*name).to_owned()).collect(),
        zones: vec![3],
        counts: 1..=40,
        survive: survive.to_vec(),
        confidence: 0.95,
        most: 200,
        all: true,
        checking: Checking::Off,
    }
}

fn chosen(plan: &CapacityPlan) -> &CandidateOutcome {
    &plan.candidates[plan.chosen.unwrap_or_else(|| panic!("no answer: {:?}", plan.nearest))]
}

/// The number of instances that was found of a type.
fn found(plan: &CapacityPlan, name: &str) -> Option<u32> {
    let line = plan.lines.iter().find(|line| line.instance_type == name).expect("a line");
    line.candidate.map(|at| plan.candidates[at].instances)
}

/// Tasks of 1 vCPU in three zones.
fn tasks(desired: u32, up_when: u32, spread: &str, more: &str) -> String {
    format!(
        "name: case
duration: 10d
zones: [us-east-1a, us-east-1b, us-east-1c]
capacity: [{{name: group, instanceType: c5.large, count: 9}}]
taskDefinitions:
  - family: web
    networkMode: bridge
    containerDefinitions: [{{name: c, image: i, cpu: 1024, memory: 512}}]
services:
  - name: web
    taskDefinition: web
    desiredCount: {desired}
    upWhen: {{healthy: {up_when}}}
    placementStrategy: [{{type: spread, field: {spread}}}]
{more}"
    )
}

/// Every field of the answer is described, down to what each loss leaves.
#[test]
fn the_schema_has_every_field_of_the_answer() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/plan.schema.json"));
    let schema: Value = serde_json::from_str(&text.expect("the schema of the repository")).expect("JSON");
    let case = Case::new(&tasks(6, 4, "attribute:ecs.availability-zone", "objectives: [{availability: 1%}]\n"));
    let plan = case.search(&design(&["c5.large"], &[Loss::Zone]));
    let value = serde_json::to_value(&plan).expect("JSON");
    let mut seen = 0;
    let mut described = |value: &Value, schema: &Value| {
        for key in value.as_object().expect("an object").keys() {
            assert!(schema["properties"].get(key).is_some(), "{key}");
            seen += 1;
        }
    };
    let candidate = &value["candidates"][plan.chosen.expect("an answer")];
    let of = |name: &str| &schema["$defs"][name];
    described(&value, &schema);
    described(&value["lines"][0], of("LineOutcome"));
    described(candidate, of("CandidateOutcome"));
    described(&candidate["losses"][0], of("LossOutcome"));
    described(&candidate["objectives"][0], of("VerdictOutcome"));
    described(&candidate["availability"], of("AvailabilityOutcome"));
    assert!(seen > 50, "{seen}");
}
