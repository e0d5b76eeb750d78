//! The search along one line: an instance type in so many zones.

use serde_json::json;

use crate::experiment::outcome::Verdict;
use crate::experiment::survive::{demands, lose_zones, promise, standing};
use crate::scenario::Plan;
use crate::scenario::plan::Goal;
use crate::world::catalog;

use super::bounds::{Bound, bound, hopeless};
use super::outcome::{CandidateOutcome, LineOutcome, LineState};
use super::{HOURS, Search, SearchError, instances};

/// An instance type in so many zones.
pub(super) struct Line {
    instance_type: String,
    /// The price that the edits have to give: the group has a price of its own, which is that of another type.
    price: Option<f64>,
    zones: Vec<String>,
    weights: Vec<f64>,
    /// The group stands in all zones of the scenario, which then spreads it itself.
    everywhere: bool,
    usd_per_hour: f64,
    /// What the instances of other groups cost an hour.
    others: f64,
    bound: Option<Bound>,
    /// Why no number does, where that is known at once.
    impossible: Option<String>,
}

impl Line {
    /// The least number that could do, if any.
    pub(super) fn least(&self) -> Option<u32> {
        self.bound.as_ref().map(|bound| bound.instances)
    }

    /// What the least number costs a month; infinite where none does.
    pub(super) fn least_cost(&self) -> f64 {
        self.least().map_or(f64::INFINITY, |least| self.cost(least))
    }

    /// What so many instances cost a month, those of other groups included.
    pub(super) fn cost(&self, count: u32) -> f64 {
        (self.usd_per_hour * f64::from(count) + self.others) * HOURS
    }

    /// Instances in each zone: by weight, the largest remainders rounded up, the first zone where they are alike. The rule of
    /// `capacity.count`.
    fn spread(&self, count: u32) -> Vec<u32> {
        let all: f64 = self.weights.iter().sum();
        let shares: Vec<f64> =
            self.weights.iter().map(|weight| f64::from(count) * weight / all.max(f64::MIN_POSITIVE)).collect();
        let mut counts: Vec<u32> = shares.iter().map(|share| (share + 1e-9).floor() as u32).collect();
        let left = count.saturating_sub(counts.iter().sum());
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by(|a, b| {
            let remainder = |at: &usize| shares[*at] - f64::from(counts[*at]);
            remainder(b).total_cmp(&remainder(a))
        });
        for at in order.into_iter().take(left as usize) {
            counts[at] += 1;
        }
        counts
    }

    /// What makes the scenario the candidate with so many instances, as `--set` would be given it.
    fn edits(&self, group: &str, own: &str, count: u32) -> Vec<String> {
        // A name has no end within quotes that it does not hold itself.
        let quote = if group.contains('"') { '\'' } else { '"' };
        let at = format!("capacity[{quote}{group}{quote}]");
        let mut edits = Vec::new();
        if self.instance_type != own {
            edits.push(format!("{at}.instanceType={}", json!(self.instance_type)));
        }
        if let Some(price) = self.price {
            edits.push(format!("{at}.usdPerHour={price}"));
        }
        if self.everywhere {
            edits.push(format!("{at}.count={count}"));
        } else {
            let counts: serde_json::Map<String, serde_json::Value> =
                self.zones.iter().cloned().zip(self.spread(count).into_iter().map(Into::into)).collect();
            edits.push(format!("{at}.count={}", serde_json::Value::Object(counts)));
        }
        edits
    }
}

/// Every line of a search.
pub(super) fn lines(search: &Search<'_>) -> Vec<Line> {
    let (base, design) = (search.base, search.design);
    let mut list = Vec::new();
    let Some(own) = base.fleet.capacities.values().find(|spec| spec.name == design.group) else { return list };
    let priced = catalog::find(&own.instance_type).is_none_or(|known| known.usd_per_hour != own.usd_per_hour);
    for number in &design.zones {
        let zones: Vec<_> = base.fleet.zones.values().take(*number).collect();
        for name in &design.types {
            let other = *name != own.instance_type;
            let price = catalog::find(name).map(|known| known.usd_per_hour).filter(|_| other && priced);
            let mut line = Line {
                instance_type: name.clone(),
                price,
                zones: zones.iter().map(|zone| zone.name.clone()).collect(),
                weights: zones.iter().map(|zone| zone.weight).collect(),
                everywhere: zones.len() == base.fleet.zones.len(),
                usd_per_hour: 0.0,
                others: 0.0,
                bound: None,
                impossible: None,
            };
            measure(search, &mut line);
            list.push(line);
        }
    }
    list
}

/// Looks at the largest candidate of a line for price and least number.
fn measure(search: &Search<'_>, line: &mut Line) {
    let plan = match search.plan(line, *search.design.counts.end()) {
        Ok(plan) => plan,
        Err(why) => return line.impossible = Some(why),
    };
    let Some(group) = search.group(&plan) else { return };
    line.usd_per_hour = plan.fleet.capacities[group].usd_per_hour;
    let others = plan.fleet.capacities.iter().filter(|(other, _)| *other != group);
    line.others = others.map(|(_, spec)| spec.usd_per_hour * f64::from(spec.count())).sum();
    let demands = demands(&plan, &search.design.survive);
    if let Some(why) = hopeless(&plan, &demands) {
        return line.impossible = Some(why);
    }
    match bound(&plan, group, line.zones.len(), &demands) {
        Some(mut bound) => {
            let first = *search.design.counts.start();
            if bound.instances < first {
                bound = Bound { instances: first, why: "the range of numbers begins there".into() };
            }
            line.bound = Some(bound);
        }
        None if line.zones.len() == 1 && promise::loses_a_zone(&demands) => {
            line.impossible = Some("with its only zone all of the group is lost".into());
        }
        None => line.impossible = Some("no task fits an instance".into()),
    }
}

/// What an objective is about, in a word or two.
fn word(goal: Goal) -> &'static str {
    match goal {
        Goal::Availability(_) => "availability",
        Goal::CapacityAvailability(_) => "capacity availability",
        Goal::LongestOutage(_) => "longest outage",
        Goal::RecoversWithin(_) => "time to recover",
        Goal::RequestsLost(_) => "requests lost",
        Goal::UsdPerMonth(_) => "cost",
        Goal::CpuReserved(_) => "CPU reserved",
        Goal::MemoryReserved(_) => "memory reserved",
        Goal::Refusals(_) => "refusals",
    }
}

/// Up to which number a line is looked at, and what it ends at.
struct Reach {
    most: u32,
    /// A higher number would cost as much as what was found already.
    dearer: bool,
}

impl Search<'_> {
    /// What makes the scenario a candidate.
    fn changes(&self, line: &Line, count: u32) -> Vec<String> {
        let own = self.group(self.base).map_or("", |group| &self.base.fleet.capacities[group].instance_type);
        line.edits(&self.design.group, own, count)
    }

    fn plan(&self, line: &Line, count: u32) -> Result<Plan, String> {
        (self.load)(&self.changes(line, count))
    }

    fn reach(&self, line: &Line) -> Reach {
        let end = *self.design.counts.end();
        let within = |count: &u32| line.cost(*count) <= self.affordable();
        let all = self.design.all;
        let cheaper = |count: &u32| all || self.best.is_none_or(|(best, _)| line.cost(*count) < best - 1e-9);
        // The cost rises with the number.
        let last = |fits: &dyn Fn(&u32) -> bool| {
            let (mut low, mut high) = (0, end);
            while low < high {
                let middle = low + (high - low).div_ceil(2);
                if fits(&middle) { low = middle } else { high = middle - 1 }
            }
            low
        };
        let (allowed, most) = (last(&within), last(&|count| within(count) && cheaper(count)));
        Reach { most, dearer: most < allowed }
    }

    /// Searches a line for the least number that keeps all promises.
    pub(super) fn follow(&mut self, at: usize, line: &Line) -> Result<LineOutcome, SearchError> {
        let mut outcome = LineOutcome {
            instance_type: line.instance_type.clone(),
            zones: line.zones.clone(),
            usd_per_hour: line.usd_per_hour,
            least: line.least(),
            least_why: line.bound.as_ref().map_or_else(String::new, |bound| bound.why.clone()),
            state: LineState::Impossible,
            candidate: None,
            one_fewer: String::new(),
            why: line.impossible.clone().unwrap_or_default(),
        };
        let Some(bound) = &line.bound else { return Ok(outcome) };
        let reach = self.reach(line);
        let missing = if reach.dearer { LineState::Dearer } else { LineState::NotFound };
        outcome.state = missing;
        if bound.instances > reach.most {
            outcome.why = match missing {
                LineState::Dearer => format!("it takes at least {}: {}", instances(bound.instances), bound.why),
                _ => format!(
                    "it takes at least {}, and at most {} are allowed: {}",
                    instances(bound.instances),
                    reach.most,
                    bound.why
                ),
            };
            return Ok(outcome);
        }
        match self.least_keeping(at, line, bound.instances, reach.most)? {
            Ok(count) => {
                let found = self.evaluate(at, line, count)?;
                outcome.state = LineState::Found;
                outcome.candidate = Some(found);
                outcome.one_fewer = self.one_fewer(at, line, count)?;
                let cost = self.candidates[found].usd_per_month;
                if self.best.is_none_or(|(best, _)| cost < best - 1e-9) {
                    self.best = Some((cost, found));
                }
            }
            Err(last) => {
                let last = &self.candidates[last];
                outcome.why = format!("{}: {}", instances(last.instances), last.limit);
                if last.wants_replications() {
                    outcome.state = LineState::NotFound;
                    outcome.why += "; each replication keeps it, so more of them would tell (--replications)";
                }
            }
        }
        Ok(outcome)
    }

    /// The least number from `first` to `most` that keeps all promises; or the place of the last candidate that fails.
    fn least_keeping(
        &mut self,
        at: usize,
        line: &Line,
        first: u32,
        most: u32,
    ) -> Result<Result<u32, usize>, SearchError> {
        // Losses are counted for each number: nothing is taken for monotone.
        let mut fails = first.saturating_sub(1);
        let mut count = first;
        loop {
            let found = self.evaluate(at, line, count)?;
            let candidate = &self.candidates[found];
            if candidate.keeps() {
                return Ok(Ok(count));
            }
            if count == most || candidate.wants_replications() {
                return Ok(Err(found));
            }
            fails = fails.max(count);
            count += 1;
            if candidate.replications > 0 {
                break;
            }
        }
        // From here on each number costs a simulation.
        let mut step = 1;
        loop {
            let found = self.evaluate(at, line, count)?;
            let candidate = &self.candidates[found];
            if candidate.keeps() {
                break;
            }
            if count == most || candidate.wants_replications() {
                return Ok(Err(found));
            }
            fails = count;
            step *= 2;
            count = count.saturating_add(step).min(most);
        }
        while count - fails > 1 {
            let middle = fails + (count - fails) / 2;
            let found = self.evaluate(at, line, middle)?;
            if self.candidates[found].keeps() { count = middle } else { fails = middle }
        }
        Ok(Ok(count))
    }

    /// Why one instance fewer than `count` does not do.
    fn one_fewer(&mut self, at: usize, line: &Line, count: u32) -> Result<String, SearchError> {
        if count <= 1 {
            return Ok("without an instance nothing runs".into());
        }
        let found = self.evaluate(at, line, count - 1)?;
        let fewer = &self.candidates[found];
        if fewer.keeps() {
            // Below the range that was asked for.
            return Ok(format!("{} would do as well: the range of numbers begins at {count}", instances(count - 1)));
        }
        Ok(fewer.limit.clone())
    }

    /// Looks at a candidate, once, and gives its place.
    pub(super) fn evaluate(&mut self, at: usize, line: &Line, count: u32) -> Result<usize, SearchError> {
        if let Some(place) = self.known.get(&(at, count)) {
            return Ok(*place);
        }
        let mut candidate = CandidateOutcome {
            instance_type: line.instance_type.clone(),
            zones: line.zones.clone(),
            changes: self.changes(line, count),
            per_zone: line.spread(count),
            instances: count,
            usd_per_month: line.cost(count),
            verdict: Verdict::Missed,
            limited_by: String::new(),
            limit: String::new(),
            replications: 0,
            availability: None,
            objectives: Vec::new(),
            losses: Vec::new(),
            on_frontier: false,
        };
        match self.plan(line, count) {
            Err(why) => (candidate.limited_by, candidate.limit) = ("room".into(), why),
            Ok(plan) => self.judge(&plan, &mut candidate)?,
        }
        self.candidates.push(candidate);
        self.known.insert((at, count), self.candidates.len() - 1);
        Ok(self.candidates.len() - 1)
    }

    fn judge(&mut self, plan: &Plan, candidate: &mut CandidateOutcome) -> Result<(), SearchError> {
        let demands = demands(plan, &self.design.survive);
        let mut standing = standing(plan, &demands);
        if standing.limit().is_none() && promise::loses_a_zone(&demands) {
            lose_zones(plan, &mut standing).map_err(SearchError::Broken)?;
        }
        let limit = standing.limit();
        let survived = promise::verdicts_of(plan, &standing);
        // Where tasks find no room, what is left of the others tells nothing.
        candidate.losses = if standing.unplaced.is_none() { standing.losses } else { Vec::new() };
        if let Some(limit) = limit {
            (candidate.limited_by, candidate.limit) = limit;
            return Ok(());
        }
        let tried = self.trials.run(plan)?;
        candidate.replications = tried.replications;
        candidate.availability = tried.availability;
        let objectives = || plan.objectives.iter().zip(&tried.objectives);
        let first = |wanted: Verdict| objectives().find(|(_, one)| one.verdict == wanted);
        let breaks = first(Verdict::Missed).or_else(|| first(Verdict::Undecided));
        candidate.verdict = breaks.map_or(Verdict::Met, |(_, one)| one.verdict);
        if let Some((objective, one)) = breaks {
            let not = if one.verdict == Verdict::Missed { "missed" } else { "not shown" };
            candidate.limited_by = word(objective.goal).into();
            candidate.limit = format!("{not}: {}; found {}", one.objective, one.found);
        }
        candidate.objectives = tried.objectives;
        candidate.objectives.extend(survived);
        Ok(())
    }
}
