//! Experiments: intervals that hold what they say, the same bytes on any number of threads and however often they are
//! killed.

mod coverage;
mod program;

use longshore::scenario::Plan;

fn plan(text: &str) -> Plan {
    match longshore::scenario::load_text(text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}\n{text}", refused.problems.render(&refused.sources)),
    }
}
