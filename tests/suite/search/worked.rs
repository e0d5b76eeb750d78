//! Cases whose answer can be worked out on paper.

use longshore::experiment::search::bounds::{bound, hopeless};
use longshore::experiment::search::outcome::LineState;
use longshore::experiment::survive::{demands, lose_zones, standing};
use longshore::scenario::plan::Loss;

use super::{Case, chosen, design, found, tasks};

/// Six tasks of 1 vCPU, spread over three zones, four of them must stay when a zone goes. A c5.large takes two: three of them
/// have room for six, two in each zone, and four are left. A c5.xlarge takes four: two have room, but stand in two zones
/// with three tasks each, of which three are left; three do. So it is 3 × c5.large for 3 × 0.085 × 730 = $186.15, against
/// 3 × c5.xlarge for 3 × 0.17 × 730 = $372.30.
#[test]
fn six_tasks_in_three_zones() {
    let case = Case::new(&tasks(6, 4, "attribute:ecs.availability-zone", ""));
    let plan = case.search(&design(&["c5.xlarge", "c5.large"], &[Loss::Zone]));
    assert_eq!((found(&plan, "c5.large"), found(&plan, "c5.xlarge")), (Some(3), Some(3)));
    let best = chosen(&plan);
    assert_eq!((best.instance_type.as_str(), best.instances), ("c5.large", 3));
    assert_eq!(best.per_zone, [1, 1, 1]);
    assert!((best.usd_per_month - 186.15).abs() < 1e-6, "{}", best.usd_per_month);
    assert!(plan.one_fewer.contains("web"), "{}", plan.one_fewer);
    let xlarge = plan.lines.iter().find(|line| line.instance_type == "c5.xlarge").expect("a line");
    let expected = "has 3 healthy of the 4 that it needs to be up";
    assert!(xlarge.one_fewer.contains(expected), "{}", xlarge.one_fewer);
    assert_eq!(best.losses.len(), 3, "a row a zone");
    for loss in &best.losses {
        assert_eq!((loss.left, loss.needed, loss.desired), (4, 4, 6), "{loss:?}");
    }
}

/// Twelve tasks, spread over the instances, eight of which must stay when any two instances go. c5.large takes two: six of
/// them, and four tasks go. c5.xlarge takes four: three have room and lose eight; four hold three each and lose six; of
/// five, three hold more than two, and six are lost; six hold two each and lose four. Twice the price, the same number.
#[test]
fn two_instances_of_twelve_tasks() {
    let case = Case::new(&tasks(12, 8, "instanceId", ""));
    let plan = case.search(&design(&["c5.large", "c5.xlarge"], &[Loss::Instances(2)]));
    assert_eq!((found(&plan, "c5.large"), found(&plan, "c5.xlarge")), (Some(6), Some(6)));
    let xlarge = plan.lines.iter().find(|line| line.instance_type == "c5.xlarge").expect("a line");
    // Eight tasks on two instances, and two more to lose.
    assert_eq!(xlarge.least, Some(4));
    let tried: Vec<(u32, u32)> = plan
        .candidates
        .iter()
        .filter(|one| one.instance_type == "c5.xlarge")
        .map(|one| (one.instances, one.losses[0].left))
        .collect();
    assert_eq!(tried, [(4, 6), (5, 6), (6, 8)]);
}

/// Of six tasks in three zones one zone holds two at least: five can never stay.
#[test]
fn what_no_capacity_can_do() {
    let case = Case::new(&tasks(6, 5, "attribute:ecs.availability-zone", ""));
    let plan = case.search(&design(&["c5.large", "c5.24xlarge"], &[Loss::Zone]));
    assert!(plan.chosen.is_none() && plan.candidates.is_empty());
    assert!(plan.lines.iter().all(|line| line.state == LineState::Impossible));
    let why = plan.nearest.expect("a reason");
    assert!(why.contains("one of 3 zones holds at least 2 of the 6 tasks of `web`"), "{why}");
    let base = case.load(&[]).expect("sound");
    assert!(hopeless(&base, &demands(&base, &[Loss::Instances(1)])).is_none());
    assert!(hopeless(&base, &demands(&base, &[Loss::Instances(2)])).is_some());
}

/// 20 tasks of 1 vCPU on 2 vCPUs each: ten instances. Fourteen of them must fit without a zone: seven instances in two zones of
/// three, eleven in all (8 + 3 would be 11 with 4 in the fullest: 11 - 4 = 7). Without any three instances: ten.
#[test]
fn bounds_of_twenty_tasks() {
    let case = Case::new(&tasks(20, 14, "instanceId", ""));
    let plan = case.load(&[]).expect("sound");
    let group = plan.fleet.capacities.ids().next().expect("a group");
    let least =
        |zones, survive: &[Loss]| bound(&plan, group, zones, &demands(&plan, survive)).map(|bound| bound.instances);
    assert_eq!(least(3, &[]), Some(10));
    assert_eq!(least(3, &[Loss::Zone]), Some(11));
    assert_eq!(least(2, &[Loss::Zone]), Some(14));
    assert_eq!(least(1, &[Loss::Zone]), None);
    assert_eq!(least(3, &[Loss::Instances(3)]), Some(10));
    assert_eq!(least(3, &[Loss::Instances(5)]), Some(12));
}

/// What is counted on the placement is what the simulated loss of the zone leaves, where no tie decides on the placement;
/// where ties do, the worst of many starts leaves no more than the one that is simulated.
#[test]
fn counting_and_simulating_a_loss_agree() {
    let (zone, instance) = ("attribute:ecs.availability-zone", "instanceId");
    for (desired, spread, count, by_chance) in [
        (6, zone, 7, false),
        (6, zone, 9, false),
        (14, instance, 7, false),
        (9, instance, 9, false),
        (18, instance, 9, false),
        (10, instance, 7, true),
        (13, instance, 9, true),
    ] {
        let case = Case::new(&tasks(desired, 1, spread, ""));
        let plan = case.load(&[format!("capacity.group.count={count}")]).expect("sound");
        let counted = standing(&plan, &demands(&plan, &[Loss::Zone]));
        assert_eq!(counted.limit(), None);
        let mut simulated = counted.clone();
        simulated.losses.iter_mut().for_each(|loss| loss.left = desired);
        lose_zones(&plan, &mut simulated).expect("no defect");
        assert_eq!((counted.losses.len(), simulated.losses.len()), (3, 3), "a row a zone");
        assert!(simulated.losses.iter().all(|loss| loss.left < desired), "each zone has tasks: {simulated:?}");
        for (one, other) in counted.losses.iter().zip(&simulated.losses) {
            assert_eq!(one.lost, other.lost);
            let agree = if by_chance { one.left <= other.left } else { one.left == other.left };
            assert!(agree, "{desired} tasks on {count}, {}: {} and {}", one.lost, one.left, other.left);
        }
    }
}

/// An objective about cost is a ceiling: three c5.large cost $186.15.
#[test]
fn what_is_too_dear_is_not_looked_at() {
    for (ceiling, found) in [(187, true), (186, false)] {
        let more = format!("objectives: [{{usdPerMonth: {ceiling}}}]\n");
        let case = Case::new(&tasks(6, 4, "attribute:ecs.availability-zone", &more));
        let plan = case.search(&design(&["c5.large"], &[Loss::Zone]));
        assert_eq!(plan.chosen.is_some(), found, "{:?}", plan.nearest);
    }
}
