use proptest::prelude::*;

use super::*;

fn demand(rank: u8, layers: &[u64], current: Option<usize>) -> Demand {
    Demand {
        rank,
        layers: layers.to_vec(),
        silent: false,
        current,
        may_rise: true,
        may_try: false,
    }
}

#[test]
fn everybody_gets_something_before_anybody_gets_more() {
    let layers = [100, 300, 1_000];
    let demands = [
        demand(0, &layers, None),
        demand(1, &layers, None),
        demand(2, &layers, None),
    ];
    let spending = spend(Some(320), &demands);
    assert_eq!(spending.layers, [Some(0), Some(0), Some(0)]);
    let spending = spend(Some(1_400), &demands);
    assert_eq!(spending.layers, [Some(2), Some(0), Some(0)]);
    assert_eq!(spending.total, 1_200);
    assert_eq!(spending.ideal, 3_000);
    let spending = spend(None, &demands);
    assert_eq!(spending.layers, [Some(2), Some(2), Some(2)]);
    assert_eq!(spending.next, None);
}

#[test]
fn equals_are_raised_in_turns() {
    let layers = [100, 300, 1_000];
    let demands = [demand(3, &layers, None), demand(3, &layers, None)];
    assert_eq!(
        spend(Some(700), &demands).layers,
        [Some(1), Some(1)],
        "two middle pictures rather than one large"
    );
}

#[test]
fn the_least_important_is_paused_first() {
    let demands = [demand(0, &[100], Some(0)), demand(3, &[100], Some(0))];
    assert_eq!(spend(Some(150), &demands).layers, [Some(0), None]);
    assert_eq!(spend(Some(50), &demands).layers, [None, None]);
}

#[test]
fn up_needs_room_to_spare_and_staying_does_not() {
    let layers = [100, 300];
    let stays = demand(0, &layers, Some(1));
    let rises = demand(0, &layers, Some(0));
    assert_eq!(spend(Some(300), &[stays]).layers, [Some(1)]);
    let spending = spend(Some(300), std::slice::from_ref(&rises));
    assert_eq!(spending.layers, [Some(0)]);
    assert_eq!(spending.next, Some(345));
    assert_eq!(spend(Some(345), &[rises]).layers, [Some(1)]);
}

#[test]
fn who_was_just_lowered_stays_low() {
    let mut low = demand(0, &[100, 300], Some(0));
    low.may_rise = false;
    assert_eq!(spend(Some(10_000), &[low]).layers, [Some(0)]);
}

#[test]
fn who_is_silent_keeps_its_place_for_nothing() {
    let mut muted = demand(0, &[100, 300], Some(1));
    muted.silent = true;
    let spending = spend(Some(100), &[muted, demand(1, &[100], Some(0))]);
    assert_eq!(spending.layers, [Some(1), Some(0)]);
    assert_eq!((spending.total, spending.ideal), (100, 400));
}

#[test]
fn the_smallest_size_is_tried_when_nothing_else_is_seen() {
    let screen = |current| Demand {
        may_try: true,
        ..demand(0, &[1_000], current)
    };
    let tried = spend(Some(500), &[screen(None)]);
    assert_eq!((tried.layers[0], tried.tried), (Some(0), Some(0)));
    assert_eq!(tried.total, 1_000);
    assert!(tried.next.is_some(), "more is still looked for");
    assert_eq!(spend(Some(499), &[screen(None)]).layers, [None]);
    let fits = spend(Some(1_000), &[screen(Some(0))]);
    assert_eq!((fits.layers[0], fits.tried), (Some(0), None), "no trial");

    let camera = demand(3, &[100], Some(0));
    let spending = spend(Some(900), &[screen(None), camera.clone()]);
    assert_eq!(spending.layers, [None, Some(0)], "something is seen");
    let muted = Demand {
        silent: true,
        ..camera
    };
    let spending = spend(Some(900), &[screen(None), muted]);
    assert_eq!(spending.layers, [Some(0), Some(0)]);

    let low = Demand {
        may_rise: false,
        ..screen(None)
    };
    assert_eq!(spend(Some(900), &[low]).layers, [None], "just lowered");
    let layers = Demand {
        may_try: true,
        ..demand(0, &[1_000, 2_000], None)
    };
    let tried = spend(Some(900), std::slice::from_ref(&layers));
    assert_eq!((tried.layers[0], tried.tried), (Some(0), Some(0)));
    assert_eq!(tried.total, 1_000, "the smallest only");
    assert_eq!(spend(Some(1_500), &[layers]).tried, None, "it fits");
}

proptest! {
    /// Whatever is wanted: no more than the budget is spent, and a larger budget takes the picture from
    /// nobody who matters most. (It may lower it: others get their smallest layer first.)
    #[test]
    fn the_budget_is_kept(
        budget in 0u64..5_000,
        more in 0u64..5_000,
        wishes in prop::collection::vec(
            (0u8..4, prop::collection::vec(1u64..1_000, 1..4), prop::option::of(0usize..3), any::<bool>()),
            0..12,
        ),
    ) {
        let mut demands: Vec<_> = wishes
            .into_iter()
            .map(|(rank, mut layers, current, may_rise)| {
                layers.sort_unstable();
                let current = current.map(|c| c.min(layers.len() - 1));
                Demand { rank, layers, silent: false, current, may_rise, may_try: false }
            })
            .collect();
        demands.sort_by_key(|demand| demand.rank);
        let spending = spend(Some(budget), &demands);
        prop_assert!(spending.total <= budget);
        let total: u64 = spending
            .layers
            .iter()
            .zip(&demands)
            .filter_map(|(layer, demand)| layer.map(|layer| demand.layers[layer]))
            .sum();
        prop_assert_eq!(total, spending.total);
        let richer = spend(Some(budget + more), &demands);
        let alone = demands.len() == 1 || demands.len() > 1 && demands[0].rank < demands[1].rank;
        if alone {
            prop_assert!(richer.layers[0].is_some() >= spending.layers[0].is_some());
        }
        for (layer, demand) in spending.layers.iter().zip(&demands) {
            if !demand.may_rise {
                prop_assert!(*layer <= demand.current);
            }
        }
    }
}
