fn main() {
    let path = std::env::args().nth(1).unwrap();
    let sets: Vec<String> = std::env::args().skip(2).collect();
    match longshore::scenario::load(std::path::Path::new(&path), &sets) {
        Ok(loaded) => {
            eprint!("{}", loaded.warnings.render(&loaded.sources));
            let t = std::time::Instant::now();
            let setup =
                longshore::engine::Setup { checking: longshore::engine::Checking::Every(1), ..Default::default() };
            let outcome =
                longshore::experiment::run(&loaded.plan, longshore::experiment::Options { setup, progress: None });
            println!("{}", serde_json::to_string_pretty(&outcome).unwrap());
            for i in &outcome.incidents {
                println!("{i:?}");
            }
            eprintln!("{} events, {:?}", outcome.events, t.elapsed());
        }
        Err(refused) => {
            eprint!("{}", refused.problems.render(&refused.sources));
            std::process::exit(2)
        }
    }
}
