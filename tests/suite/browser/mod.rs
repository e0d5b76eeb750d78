//! The report in a real browser: Chromium with its WebDriver, where both are installed.

mod driver;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

use driver::Browser;

const RIGHT: char = '\u{e014}';
const LEFT: char = '\u{e012}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';

/// Says a word even where tests are quiet.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A browser, or a word that there is none.
fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        say("skipped: no chromium with chromedriver is installed");
    }
    browser
}

/// Runs a scenario and gives the folder of its result.
fn ran(folder: &Path, scenario: &Path) -> PathBuf {
    ran_with(folder, scenario, &[])
}

fn ran_with(folder: &Path, scenario: &Path, more: &[&str]) -> PathBuf {
    let out = folder.join("out");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    command.arg("run").arg(scenario).args(["--html", "--quiet", "--out"]).arg(&out).args(more);
    let status = command.output().expect("the program starts").status;
    assert!(status.code().is_some_and(|code| code <= 1), "{status}");
    out
}

/// Loads a report, and holds that it came up without an error and without asking for anything but itself.
fn open(browser: &Browser, report: &Path) {
    browser.open(report);
    assert_quiet(browser);
    let requests = browser.requests();
    assert!(requests.iter().any(|url| url.ends_with("report.html")), "{requests:?}");
    let foreign: Vec<&String> =
        requests.iter().filter(|url| !url.ends_with("report.html") && !url.starts_with("data:")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

fn assert_quiet(browser: &Browser) {
    let console = browser.log("browser");
    assert!(console.is_empty(), "{console:#?}");
}

/// Healthy and desired tasks of a service by millisecond, as another meter has measured them.
fn timeline(out: &Path, service: &str) -> Vec<(u64, u64, u64)> {
    let mut reader = csv::Reader::from_path(out.join("timeline.csv")).expect("the timeline");
    let heads: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let mut points = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let row: BTreeMap<&str, &str> = heads.iter().map(String::as_str).zip(&record).collect();
        if row.values().any(|value| *value == service) && !row["healthy"].is_empty() {
            let seconds: f64 = row["seconds"].parse().expect("seconds");
            let number = |name: &str| row[name].parse().expect("a number");
            points.insert((seconds * 1000.0 + 1e-6) as u64, (number("healthy"), number("desired")));
        }
    }
    points.into_iter().map(|(at, (healthy, desired))| (at, healthy, desired)).collect()
}

/// What the replay shows at some moments: cells drawn as healthy, healthy and desired tasks of the first service.
fn shown(browser: &Browser, moments: &[u64]) -> Vec<Vec<u64>> {
    let script = format!(
        "return {moments:?}.map(at => {{ longshore.go(at); const of = longshore.course; \
         return [of.healthyTasks()[0], of.service.healthy[0], of.service.desired[0]]; }});"
    );
    serde_json::from_value(browser.run(&script)).expect("lists of numbers")
}

#[test]
fn the_replay_shows_what_was_and_obeys_the_keys() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/three-zone-web.yaml");
    let out = ran(folder.path(), &scenario);
    open(&browser, &out.join("report.html"));
    assert_eq!(browser.run("return document.querySelector('.verdict').textContent"), "All 2 objectives are met.");

    // At each change that was measured, the same; and between two.
    let points = timeline(&out, "web");
    assert!(points.len() > 10 && points.iter().any(|point| point.1 == 4), "{points:?}");
    let ten_days = 864_000_000;
    assert!(points.contains(&(ten_days, 4, 6)), "the zone takes two of six: {points:?}");
    let mut moments: Vec<u64> = points.iter().map(|point| point.0).collect();
    // Backwards, so that each jump has to find its way.
    moments.reverse();
    for ((at, healthy, desired), seen) in points.iter().rev().zip(shown(&browser, &moments)) {
        assert_eq!(seen, [*healthy, *healthy, *desired], "at {at} ms");
    }
    assert_eq!(shown(&browser, &[ten_days - 1, ten_days, ten_days + 1]), [[6, 6, 6], [4, 4, 6], [4, 4, 6]]);

    // Keys. The focus is put where a click would put it.
    browser.run("longshore.look([863880000, 864480000], 864000000); document.getElementById('player').focus()");
    let time = || browser.run("return longshore.time()").as_f64().expect("a time");
    browser.press(&RIGHT.to_string());
    assert_eq!(time(), 864_003_000.0, "a step is a two-hundredth of what is shown");
    browser.press(&format!("{LEFT}{LEFT}"));
    assert_eq!(time(), 863_997_000.0);
    browser.press(&END.to_string());
    assert_eq!(time(), 864_480_000.0);
    browser.press(&HOME.to_string());
    assert_eq!(time(), 863_880_000.0);
    browser.press(".");
    assert_eq!(time(), 864_000_000.0, "the next change is the failure");
    assert_eq!(browser.run("return document.getElementById('clock').textContent"), "10d 00:00:00");
    assert_eq!(browser.run("return document.getElementById('counts').textContent"), "web: 4 of 6 healthy");
    browser.press("[");
    assert!(time() < 864_000_000.0, "an earlier failure");
    browser.press("]");
    assert_eq!(time(), 864_000_000.0);
    let speed = || browser.run("return document.getElementById('speed').textContent");
    let before = speed();
    browser.press("+");
    assert_ne!(speed(), before);
    browser.press("-");
    assert_eq!(speed(), before);
    browser.press(" ");
    assert_eq!(browser.run("return longshore.isPlaying()"), true);
    let played = (0..1000).any(|_| time() > 864_000_000.0);
    assert!(played, "it plays");
    browser.press(" ");
    assert_eq!(browser.run("return longshore.isPlaying()"), false);

    // The slider, as a hand moves it.
    browser.run(
        "longshore.look([864000000, 864100000]); const of = document.getElementById('slider'); of.value = 250; \
                 of.dispatchEvent(new Event('input'))",
    );
    assert_eq!(time(), 864_025_000.0);

    // A task under the pointer says what it is and what is believed of it.
    browser.run("longshore.go(864000000); document.getElementById('stage').scrollIntoView({behavior: 'instant', block: 'center'})");
    let at = browser.run(
        "const { stage, course } = longshore; const row = course.task.state.findIndex(state => state >> 3 === 3); \
         const box = stage.canvas.getBoundingClientRect(), [x, y] = stage.cellOf(row); \
         return [Math.round(box.left + x + 3), Math.round(box.top + y + 3)];",
    );
    browser.point(at[0].as_i64().expect("x"), at[1].as_i64().expect("y"), false);
    let note = browser.run("return document.querySelector('.stage-tip').textContent");
    let note = note.as_str().expect("a text");
    assert!(
        note.starts_with("web/") && note.contains("Is: does not serve") && note.contains("Believed: running"),
        "{note}"
    );

    // A row of the list leads there, and the list sorts.
    browser.run(
        "longshore.go(0); const rows = [...document.querySelectorAll('#incident-list tbody tr')]; \
         rows.find(row => row.textContent.includes('zone b loses power')).querySelector('.jump').click()",
    );
    assert_eq!(time(), 864_000_000.0);
    let cells = "return [...document.querySelectorAll('#incident-list tbody tr')].map(row => row.cells[5].textContent)";
    let column = || -> Vec<f64> {
        let texts: Vec<String> = serde_json::from_value(browser.run(cells)).expect("a list of texts");
        texts.iter().map(|text| text.parse().expect("a number")).collect()
    };
    browser.run("document.querySelectorAll('#incident-list th')[5].click()");
    let ascending = column();
    assert!(ascending.is_sorted() && ascending.first() < ascending.last(), "{ascending:?}");
    browser.run("document.querySelectorAll('#incident-list th')[5].click()");
    assert!(column().is_sorted_by(|a, b| a >= b), "{:?}", column());

    // A definition shows when its figure has the focus.
    let tip = browser.run("document.querySelector('.def').focus(); return document.querySelector('.tip').textContent");
    assert!(tip.as_str().is_some_and(|tip| tip.contains("share of time")), "{tip}");
    assert_quiet(&browser);
    assert!(browser.requests().is_empty());
}

#[test]
fn a_hostile_scenario_does_no_harm() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let script = "</script><script>window.harmed = 1</script>";
    let image = "\"'><img src=x onerror=window.harmed=1>";
    let scenario = json!({
        "name": "<i onclick=alert(1)>&amp;",
        "description": script,
        "duration": "3h",
        "zones": [format!("a{script}"), format!("b{image}")],
        "capacity": [{"name": format!("group {image}"), "instanceType": "m5.large", "count": 4}],
        "taskDefinitions": [{
            "family": "web",
            "containerDefinitions": [{"name": "app", "image": "app", "cpu": 256, "memory": 512}],
        }],
        "services": [
            {"name": script, "taskDefinition": "web", "desiredCount": 3},
            {"name": image, "taskDefinition": "web", "desiredCount": 2},
        ],
        "failures": [
            {"type": "zoneOutage", "name": script, "at": "1h", "lasts": "1h", "target": {"zones": [format!("a{script}")]}},
            {"type": "containerCrash", "name": image, "every": {"exponential": {"mean": "2h"}}},
        ],
        "objectives": [{"service": script, "availability": "99.9%"}],
    });
    let file = folder.path().join("hostile.json");
    std::fs::write(&file, scenario.to_string()).expect("a scenario");
    for more in [&[][..], &["--replications", "3"]] {
        let out = ran_with(folder.path(), &file, more);
        assert_harmless(&browser, &out, script, image);
    }
}

fn assert_harmless(browser: &Browser, out: &Path, script: &str, image: &str) {
    open(browser, &out.join("report.html"));
    // Everything that builds names into the page by script as well.
    browser.run("for (let at = 0; at <= 100; at++) longshore.go(at * 108000)");
    browser.run(
        "const stage = document.getElementById('stage'), box = stage.getBoundingClientRect(); \
         for (let x = 0; x < box.width; x += 9) for (let y = 0; y < box.height; y += 9) \
         stage.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + x, clientY: box.top + y }))",
    );
    assert_eq!(browser.run("return window.harmed === undefined"), true);
    assert_eq!(browser.run("return document.querySelectorAll('img, i[onclick]').length"), 0);
    let text = browser.run("return document.getElementById('counts').textContent");
    assert!(text.as_str().is_some_and(|text| text.contains(script) && text.contains(image)), "{text}");
    assert_quiet(browser);
    assert!(browser.requests().is_empty());
}

#[test]
fn the_page_of_an_experiment_shows_its_worst_replication() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/three-zone-web.yaml");
    let out = ran_with(folder.path(), &scenario, &["--replications", "40"]);
    open(&browser, &out.join("report.html"));
    let json = std::fs::read(out.join("experiment.json")).expect("figures");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let heading = browser.run("return document.querySelector('#replay h2').textContent");
    assert_eq!(heading, format!("Replay replication {}", json["worst"]["replication"]));
    let verdict = browser.run("return document.querySelector('.verdict').textContent");
    assert!(verdict.as_str().is_some_and(|text| text.contains("objective")), "{verdict}");
    // A heading of the table says what it means, and nothing on the page is wider than the page.
    let tip = browser.run(
        "document.querySelectorAll('#experiment-figures th .def')[2].focus(); \
         return document.querySelector('.tip').textContent",
    );
    assert!(tip.as_str().is_some_and(|tip| tip.contains("lower end of the mean's 95 % interval")), "{tip}");
    assert_eq!(browser.run("return document.documentElement.scrollWidth <= innerWidth"), true);
    assert_quiet(&browser);
}

/// Only a report: what a machine needs is no matter of right and wrong.
#[test]
fn a_picture_of_a_large_fleet_is_measured() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let services: Vec<Value> = (0..10)
        .map(|n| json!({"name": format!("service-{n}"), "taskDefinition": "small", "desiredCount": 200}))
        .collect();
    let scenario = json!({
        "name": "large",
        "duration": "5d",
        "zones": ["a", "b", "c"],
        "capacity": [{"name": "group", "instanceType": "m5.2xlarge", "count": 200}],
        "taskDefinitions": [{
            "family": "small",
            "containerDefinitions": [{"name": "app", "image": "app", "cpu": 256, "memory": 1024}],
        }],
        "services": services,
        "failures": [
            {"type": "zoneOutage", "at": "2d", "lasts": "2h", "target": {"zones": ["b"]}},
            {"type": "containerCrash", "every": {"exponential": {"mean": "20d"}}},
        ],
    });
    let file = folder.path().join("large.json");
    std::fs::write(&file, scenario.to_string()).expect("a scenario");
    let out = ran(folder.path(), &file);
    open(&browser, &out.join("report.html"));
    let fleet = browser.run(
        "longshore.go(0); const there = list => list.filter(state => state >= 0).length; \
         return [there(longshore.course.host.state), there(longshore.course.task.state)]",
    );
    assert_eq!(fleet, json!([200, 2000]));
    let each = browser.run("return longshore.measure(60)").as_f64().expect("milliseconds");
    say(&format!("200 instances and 2,000 tasks: {each:.1} ms for a jump and its picture"));
    assert_quiet(&browser);
}
