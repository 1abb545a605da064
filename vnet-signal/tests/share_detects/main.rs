//! Broken brokers of shares that the contract must catch.
//!
//! Each is a thin wrapper around the broker in process with one defect; without a defect the wrapper keeps
//! every rule, so what a rule catches is the defect.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod broken;

use std::future::Future;

use vnet_core::testkit::{RULE_DEADLINE, share_broker as rule, share_codes as timed};

use broken::{Broken, Defect, broken};

async fn sound() -> Broken {
    std::future::ready(broken(Defect::None)).await
}

vnet_core::share_broker_contract!(sound);

/// Asserts that the rule fails, be it that it panics or that it never ends.
async fn assert_caught(rule: impl Future<Output = ()> + Send + 'static) {
    let rule = tokio::time::timeout(RULE_DEADLINE, tokio::spawn(rule));
    match rule.await {
        Err(_never_ends) => {}
        Ok(Err(failed)) => assert!(failed.is_panic()),
        Ok(Ok(())) => panic!("the rule did not notice"),
    }
}

/// One test per line: the name of the defect, the rule that must notice, the defect.
macro_rules! caught {
    ($($name:ident: $rule:path, $defect:ident;)*) => {
        $(
            // Time stands still, so whoever waits in vain gives up at once.
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let broker = std::sync::Arc::new(broken(Defect::$defect));
                assert_caught($rule(broker)).await;
            }
        )*
    };
}

caught! {
    a_broker_that_welcomes_nobody:
        rule::the_first_events_are_the_welcome_and_who_is_near, HidesTheWelcome;
    a_broker_that_forgets_who_left:
        rule::people_near_each_other_hear_of_each_other, ForgetsToLeave;
    a_broker_that_forgets_that_the_sharer_left:
        rule::a_share_ends_with_its_sharer, ForgetsToLeave;
    a_broker_that_forgets_the_children_of_who_left:
        rule::the_children_of_who_leaves_get_other_parents, ForgetsToLeave;
    a_broker_that_forgets_who_asked:
        rule::a_question_can_be_taken_back, ForgetsToLeave;
    a_broker_to_whom_all_networks_are_one:
        rule::nobody_elsewhere_is_near, MixesNetworks;
    a_broker_to_whom_all_meetings_are_one:
        rule::nobody_elsewhere_is_near, MixesMeetings;
    a_broker_whose_codes_open_other_meetings:
        rule::a_code_is_good_in_its_own_meeting, MixesMeetings;
    a_broker_that_shows_what_is_out_of_sight:
        rule::a_share_out_of_sight_is_unknown, MixesNetworks;
    a_broker_that_gives_one_code_twice:
        rule::a_code_is_one_shares_only, OneCode;
    a_broker_that_lets_viewers_into_no_meeting:
        rule::a_viewers_code_is_good_in_any_meeting, ViewersAreOfAMeeting;
    a_broker_that_lets_viewers_share:
        rule::a_viewer_can_not_share, ViewersAreOfAMeeting;
    a_broker_that_keeps_old_codes:
        rule::a_renewed_code_is_the_only_one, KeepsOldCodes;
    a_broker_that_counts_no_wrong_codes:
        rule::wrong_codes_are_counted_by_network, CountsNoTries;
    a_broker_that_counts_wrong_codes_of_all_networks_together:
        rule::wrong_codes_are_counted_by_network, MixesNetworks;
    a_broker_that_does_not_ask:
        rule::the_sharer_is_asked_before_anybody_is_linked, AdmitsByItself;
    a_broker_that_lets_in_who_was_put_out:
        rule::who_was_put_out_is_asked_about_anew, AdmitsByItself;
    a_broker_that_does_not_refuse:
        rule::who_is_refused_hears_it, AdmitsByItself;
    a_broker_that_forgets_who_was_let_in:
        rule::who_was_admitted_before_is_let_in_at_once, ForgetsAccounts;
    a_broker_that_forgets_consent_with_the_connection:
        rule::a_sharer_who_comes_back_knows_whom_it_let_in, ForgetsWhoShared;
    a_broker_to_whom_names_are_accounts:
        rule::a_sharer_who_comes_back_knows_whom_it_let_in, BelievesNames;
    a_broker_that_forgets_invitations:
        rule::who_is_invited_is_let_in_at_once, DeclinesInvitations;
    a_broker_that_forgets_to_tell_who_declined:
        rule::an_invitation_can_be_declined, HidesWhoDeclined;
    a_broker_that_hides_the_end:
        rule::a_share_ends_with_its_sharer, HidesTheEnd;
    a_broker_that_hides_that_one_is_put_out:
        rule::who_was_put_out_is_asked_about_anew, HidesTheEnd;
    a_broker_that_hides_the_end_of_a_session:
        rule::the_end_of_a_session_is_told, ForgetsTheSession;
    a_broker_that_lets_go_of_one_share_for_another:
        rule::a_device_is_in_one_share_at_a_time, LeavesForAnother;
    a_broker_that_says_yes_to_anybody:
        rule::only_the_sharer_decides, HidesRefusals;
    a_broker_that_hides_that_it_is_full:
        rule::a_full_share_says_so, HidesRefusals;
    a_broker_that_loses_reports:
        rule::reports_reach_the_sharer, LosesReports;
    a_broker_that_answers_twice:
        rule::a_numbered_request_is_answered_once, AnswersTwice;
    a_broker_that_does_not_answer:
        rule::a_numbered_request_is_answered_once, AnswersNever;
    a_broker_that_answers_before_it_has_done_it:
        rule::a_numbered_request_is_answered_once, AnswersEarly;
    a_broker_that_ignores_capacity:
        rule::with_less_capacity_those_without_a_place_are_out, IgnoresCapacity;
    a_broker_that_puts_all_below_the_sharer:
        rule::the_nearest_parent_with_the_fewest_children_is_taken, IgnoresCapacity;
    a_broker_to_whom_everybody_relays:
        rule::who_can_not_relay_gets_no_children, EverybodyRelays;
    a_broker_whose_trees_are_deep:
        rule::nobody_is_too_far_from_the_sharer, DeepTrees;
    a_broker_that_moves_everybody_all_the_time:
        rule::nobody_is_moved_without_need, NewLinksAllTheTime;
    a_broker_that_ignores_that_a_link_fails:
        rule::a_link_that_fails_is_changed_but_not_for_ever, IgnoresRelinks;
    a_broker_that_never_gives_up:
        rule::a_link_that_fails_is_changed_but_not_for_ever, RelinksForEver;
    a_broker_that_loses_signals:
        rule::signals_reach_the_other_end_of_a_link_in_order, LosesSignals;
    a_broker_that_reorders_signals:
        rule::signals_reach_the_other_end_of_a_link_in_order, Reorders;
    a_broker_that_passes_on_everything:
        rule::signals_reach_nobody_else, PassesOnEverything;
    a_broker_whose_queues_are_unbounded:
        rule::a_device_that_does_not_read_is_put_out, NeverBounds;
    a_broker_that_loses_events_with_the_wait:
        rule::a_dropped_wait_loses_no_event, LosesSignals;
    a_broker_that_wakes_nobody:
        rule::a_waiting_device_is_woken, WakesNobody;
    a_broker_whose_codes_live_for_ever:
        timed::an_expired_code_is_replaced, None;
}
