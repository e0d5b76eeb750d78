//! Random failures, all over after two days.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::pick;

/// One to ten of them, of every kind.
pub fn failures(rng: &mut StdRng) -> Vec<Value> {
    let kinds = [
        "containerCrash",
        "containerHang",
        "outOfMemory",
        "instanceFailure",
        "instanceReboot",
        "agentDisconnect",
        "instanceHang",
        "instanceRetirement",
        "correlatedGroup",
        "zoneOutage",
        "controlPlaneOutage",
        "imageRegistryOutage",
        "permissionRevoked",
    ];
    (0..rng.random_range(1..=10))
        .map(|_| {
            let kind = *kinds.choose(rng).expect("some");
            let mut failure = json!({"type": kind, "at": format!("{}m", rng.random_range(1..2880))});
            if !matches!(kind, "containerCrash" | "outOfMemory" | "instanceFailure" | "instanceRetirement") {
                failure["lasts"] = json!(format!("{}s", rng.random_range(5..7200)));
            }
            match kind {
                "containerCrash" | "containerHang" => failure["target"] = json!({"share": "50%"}),
                "outOfMemory" => {
                    failure["target"] = json!({"share": "50%"});
                    failure["memoryUse"] = json!({"median": "300MiB", "sigma": 0.5});
                }
                "instanceFailure" => {
                    failure["target"] = json!({"count": rng.random_range(1..=2)});
                    failure["seen"] = json!(pick(rng, &["impaired", "terminated"]));
                }
                "instanceReboot" | "agentDisconnect" | "instanceHang" | "instanceRetirement" => {
                    failure["target"] = json!({"count": rng.random_range(1..=2)});
                }
                "correlatedGroup" => {
                    failure["size"] = json!(3);
                    failure["target"] = json!({"count": 1});
                }
                "zoneOutage" => {
                    failure["target"] = json!({"count": 1});
                    failure["loses"] = json!(pick(rng, &["power", "network"]));
                    failure["share"] = json!(pick(rng, &["100%", "50%"]));
                    failure["controlPlane"] = json!("30%");
                }
                _ => {}
            }
            failure
        })
        .collect()
}
