//! A ranking by weighted scores: the best first, alike ones in one row.

use crate::experiment::explain::outcome::{Decision, Lead, Ranked, Scoring};
use crate::report::table::grid::{Column, figure, name, table};
use crate::report::words;

use super::Options;
use super::lines::{and, wrapped};

/// The most rows; each is one or several with the same scores.
const MOST_ROWS: usize = 10;

/// What decided, in words.
pub(super) fn deciding(decision: &Decision, scoring: &Scoring, instance: &str) -> String {
    let total = |place: usize| decision.ranked.get(place).and_then(|row| row.total).unwrap_or(0);
    let best = total(0);
    if scoring.tied > 1 {
        let level = words::plural(scoring.tied.into(), instance);
        return format!("{level} reach the highest total of {best}: between them decides {}", decision.tie_break);
    }
    let next = decision.ranked.get(1).map_or("", |row| row.instance.as_str());
    let told = |lead: &Lead| format!("{} {:+}", lead.plugin, lead.by).replace('-', "−");
    let all: Vec<String> = scoring.lead.iter().map(told).collect();
    format!("its total of {best} beats the {} of {next}: {}", total(1), and(&all))
}

/// Rows of the same zone, scores and state; the chosen one stands for itself.
fn groups(ranked: &[Ranked], each: bool) -> Vec<Vec<&Ranked>> {
    let mut groups: Vec<Vec<&Ranked>> = Vec::new();
    for row in ranked {
        let alike = |first: &Ranked| {
            let same = (&first.zone, &first.weighted, &first.unknown_trouble);
            first.rank > 1 && same == (&row.zone, &row.weighted, &row.unknown_trouble)
        };
        match groups.last_mut() {
            Some(group) if !each && alike(group[0]) => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    groups
}

/// The ranking.
pub(super) fn ranking(decision: &Decision, scoring: &Scoring, instance: &'static str, options: Options) -> String {
    let ranked = &decision.ranked;
    let mut text = String::from("The ranking: the sum of scores of 0 to 100, each times its weight\n");
    let legend = scoring.plugins.iter().map(|plugin| format!("{}: {} ×{}", plugin.title, plugin.plugin, plugin.weight));
    text += &wrapped("  ", &legend.collect::<Vec<_>>().join("; "));
    if !scoring.skipped.is_empty() {
        text += &wrapped("  ", &format!("without a say: {}", and(&scoring.skipped)));
    }
    let first = &ranked[0].weighted;
    let differs = |at: &usize| ranked.iter().any(|row| row.weighted.get(*at) != first.get(*at));
    let (telling, alike): (Vec<usize>, Vec<usize>) = (0..scoring.plugins.len()).partition(|at| differs(at));
    if ranked.len() > 1 && !alike.is_empty() {
        let same = alike.iter().map(|at| format!("{} {}", scoring.plugins[*at].title, first[*at]));
        text += &wrapped("  ", &format!("the same for all: {}", same.collect::<Vec<_>>().join(", ")));
    }
    // With one row there is nothing to compare, so all of its scores are shown.
    let shown = if ranked.len() > 1 { telling } else { alike };

    let groups = groups(ranked, options.all);
    let several = groups.iter().any(|group| group.len() > 1);
    let mut columns: Vec<Column> = vec![figure("rank")];
    if several {
        columns.push(figure(format!("{instance}s")));
    }
    columns.extend([name(instance, 34), name("zone", 16)]);
    columns.extend(shown.iter().map(|at| figure(scoring.plugins[*at].title.clone())));
    columns.push(figure("total"));
    let row = |group: &Vec<&Ranked>| {
        let (one, last) = (group[0], group[group.len() - 1]);
        let mark = if one.unknown_trouble.is_some() { "† " } else { "" };
        let rank = if one.rank == last.rank { one.rank.to_string() } else { format!("{}–{}", one.rank, last.rank) };
        let mut cells = vec![format!("{mark}{rank}")];
        if several {
            cells.push(words::count(group.len() as u64));
        }
        let more = if group.len() > 1 { " …" } else { "" };
        cells.extend([format!("{}{more}", one.instance), one.zone.clone()]);
        cells.extend(shown.iter().map(|at| one.weighted[*at].to_string()));
        cells.push(one.total.unwrap_or(0).to_string());
        cells
    };
    let most = if options.all { groups.len() } else { MOST_ROWS };
    text += table("", &columns, groups.iter().take(most).map(row).collect()).trim_start_matches('\n');
    let rest: Vec<i64> = groups.iter().skip(most).flatten().filter_map(|row| row.total).collect();
    if let (Some(least), Some(highest)) = (rest.iter().min(), rest.iter().max()) {
        let totals = if least == highest { format!("of {least}") } else { format!("of {least} to {highest}") };
        text += &format!("… and {} more with totals {totals}: --all\n", words::count(rest.len() as u64));
    }
    let troubled = groups.iter().take(most).find_map(|group| group[0].unknown_trouble.as_ref());
    if let Some(trouble) = troubled {
        text += &wrapped("† ", &format!("in truth {trouble}, which the decision does not know"));
    }
    text
}
