//! Explanations as a colleague would give them: text of at most 100 columns.

pub(crate) mod lines;
mod moment;
mod outage;
mod placement;
mod scores;
#[cfg(test)]
mod tests;

use crate::experiment::explain::outcome::{Answer, Explained};

use super::words;

/// What a text shall contain.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Everything, where otherwise only what matters most is shown.
    pub all: bool,
}

/// An explanation as text.
pub fn text(explained: &Explained, options: Options) -> String {
    let head = lines::wrapped("", &format!("{}, seed {}", words::shorten(&explained.scenario, 60), explained.seed));
    let body = match &explained.answer {
        Answer::Outages(list) => outage::list(list, explained.duration_seconds, options),
        Answer::Outage(outage) => outage::one(outage, options),
        Answer::Moment(moment) => moment::text(moment, options),
        Answer::Placement(slot) => placement::text(slot, options),
    };
    format!("{head}\n{body}")
}
