//! `plan.csv`: a row a candidate, in the order in which they were looked at. Columns keep their order and meaning; new ones
//! come at the end. A cell is empty where nothing is known.

use std::io::{self, Write};

use crate::experiment::outcome::Verdict;
use crate::experiment::search::outcome::CapacityPlan;

const HEADER: [&str; 14] = [
    "instance_type",
    "zones",
    "instances",
    "per_zone",
    "usd_per_month",
    "verdict",
    "limit",
    "replications",
    "service",
    "availability",
    "availability_low",
    "availability_high",
    "on_frontier",
    "chosen",
];

pub(super) fn write(plan: &CapacityPlan, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER).map_err(io::Error::from)?;
    for (at, one) in plan.candidates.iter().enumerate() {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let share = one.availability.as_ref();
        let verdict = match one.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Undecided => "undecided",
        };
        let row = [
            one.instance_type.clone(),
            one.zones.join("; "),
            one.instances.to_string(),
            one.per_zone.iter().map(u32::to_string).collect::<Vec<_>>().join("; "),
            one.usd_per_month.to_string(),
            verdict.to_owned(),
            one.limit.clone(),
            one.replications.to_string(),
            share.map_or_else(String::new, |share| share.service.clone()),
            number(share.map(|share| share.mean)),
            number(share.and_then(|share| share.low)),
            number(share.and_then(|share| share.high)),
            one.on_frontier.to_string(),
            (plan.chosen == Some(at)).to_string(),
        ];
        writer.write_record(row).map_err(io::Error::from)?;
    }
    writer.flush()
}
