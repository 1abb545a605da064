//! Broken stores.

mod identities;
mod meetings;
mod sessions;
mod users;

use std::sync::{Arc, Mutex};

use vnet_core::memory::MemoryStore;
use vnet_core::session::Session;
use vnet_core::testkit::{
    help_store as help, identity_store as identity, meeting_store as meeting,
    session_store as session, user_store as user,
};
use vnet_core::user::Avatar;

use super::caught;

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    // Users.
    Forgets,
    OverwritesOnInsert,
    ComparesNamesByCase,
    ChecksThenInserts,
    NamesAnotherField,
    KeepsTheGivenRevision,
    IgnoresRevisions,
    UpdatesTooMuch,
    LoginRaisesRevision,
    PasswordKeepsEpoch,
    KeepsFormerPictures,
    SkipsOnPaging,
    RepeatsOnPaging,
    SearchesByCase,
    TakesWildcards,
    RoundsTowardsZero,
    LosesTheIdentity,
    // Sessions.
    TakesOverSessions,
    IgnoresExpiry,
    LeaksTheInactive,
    Revives,
    EndsTheKeptOne,
    ListsOldestFirst,
    SessionsOutliveUsers,
    // Identities.
    SharesIdentities,
    KeepsTokensOfOthers,
    ReplacesUnseen,
    ReplacingQueues,
    DueInAnyOrder,
    DueWithoutSession,
    DeletesTwice,
    DeletesTooEarly,
    CountsNoAttempts,
    // Meetings.
    ReturnsWhatWasSent,
    ListsEveryHost,
    ListsWhatIsOver,
    ListsWhatIsNotOver,
    IgnoresDirection,
    IgnoresStarts,
    PagesByStartAlone,
    // Help.
    SeedsTwice,
    ReusesNumbers,
    MatchesPartsOfTags,
}

/// A memory store with one defect.
#[derive(Clone, Debug)]
struct Broken {
    store: MemoryStore,
    defect: Defect,
    seen: Arc<Mutex<Seen>>,
}

/// What defective stores remember wrongly.
#[derive(Debug, Default)]
struct Seen {
    avatars: Vec<Avatar>,
    sessions: Vec<Session>,
    removed_article: Option<vnet_core::help::ArticleId>,
}

fn broken(defect: Defect) -> Broken {
    Broken {
        store: MemoryStore::new(),
        defect,
        seen: Arc::default(),
    }
}

impl Broken {
    fn has(&self, defect: Defect) -> bool {
        self.defect == defect
    }
}

/// The wrapper itself keeps every rule.
mod sound {
    async fn new_store() -> super::Broken {
        std::future::ready(super::broken(super::Defect::None)).await
    }

    vnet_core::store_contract!(new_store);
}

caught! {
    a_store_that_forgets:
        user::what_was_inserted_is_found_by_id_name_and_email, broken(Defect::Forgets);
    a_store_that_overwrites_on_insert:
        user::a_username_is_unique_in_any_case, broken(Defect::OverwritesOnInsert);
    a_store_that_overwrites_an_email:
        user::an_email_is_unique_in_any_case, broken(Defect::OverwritesOnInsert);
    a_store_that_overwrites_an_id:
        user::an_id_is_never_taken_over, broken(Defect::OverwritesOnInsert);
    a_store_that_compares_names_by_case:
        user::a_username_is_unique_in_any_case, broken(Defect::ComparesNamesByCase);
    a_store_that_looks_names_up_by_case:
        user::what_was_inserted_is_found_by_id_name_and_email, broken(Defect::ComparesNamesByCase);
    a_store_that_checks_and_then_inserts:
        user::of_many_inserts_of_one_name_exactly_one_wins, broken(Defect::ChecksThenInserts);
    a_store_that_names_another_field:
        user::the_username_is_named_when_both_are_taken, broken(Defect::NamesAnotherField);
    a_store_that_keeps_the_given_revision:
        user::a_new_user_has_revision_0, broken(Defect::KeepsTheGivenRevision);
    a_store_that_ignores_revisions:
        user::a_stale_update_is_a_conflict_and_changes_nothing, broken(Defect::IgnoresRevisions);
    a_store_that_loses_updates:
        user::of_many_updates_of_one_revision_exactly_one_wins, broken(Defect::IgnoresRevisions);
    a_store_that_updates_too_much:
        user::an_update_changes_what_it_may_and_nothing_else, broken(Defect::UpdatesTooMuch);
    a_store_whose_login_raises_the_revision:
        user::a_login_is_recorded_and_the_revision_stays, broken(Defect::LoginRaisesRevision);
    a_store_whose_new_password_keeps_the_epoch:
        user::a_new_password_raises_epoch_and_revision, broken(Defect::PasswordKeepsEpoch);
    a_store_that_keeps_former_pictures:
        user::a_new_picture_takes_the_place_of_the_former, broken(Defect::KeepsFormerPictures);
    a_store_that_keeps_pictures_of_removed_users:
        user::a_removed_user_is_gone_with_its_picture, broken(Defect::KeepsFormerPictures);
    a_store_that_skips_on_paging:
        user::every_user_stands_on_exactly_one_page, broken(Defect::SkipsOnPaging);
    a_store_that_repeats_on_paging:
        user::every_user_stands_on_exactly_one_page, broken(Defect::RepeatsOnPaging);
    a_store_that_searches_by_case:
        user::a_search_finds_part_of_any_name_in_any_case, broken(Defect::SearchesByCase);
    a_store_that_takes_wildcards:
        user::a_search_finds_part_of_any_name_in_any_case, broken(Defect::TakesWildcards);
    a_store_that_rounds_towards_zero:
        user::times_are_kept_to_the_microsecond, broken(Defect::RoundsTowardsZero);
    a_store_that_takes_over_sessions:
        session::an_insert_never_overwrites, broken(Defect::TakesOverSessions);
    a_store_that_ignores_expiry:
        session::an_expired_session_is_not_found, broken(Defect::IgnoresExpiry);
    a_store_that_leaks_sessions_of_the_inactive:
        session::sessions_of_an_inactive_user_are_hidden, broken(Defect::LeaksTheInactive);
    a_store_that_revives_sessions:
        session::a_touch_never_revives, broken(Defect::Revives);
    a_store_that_revives_sessions_in_a_race:
        session::a_touch_and_a_removal_at_once_leave_no_session, broken(Defect::Revives);
    a_store_that_ends_the_kept_session:
        session::all_sessions_of_a_user_end_but_the_kept_one, broken(Defect::EndsTheKeptOne);
    a_store_that_lists_sessions_oldest_first:
        session::sessions_are_listed_newest_first, broken(Defect::ListsOldestFirst);
    a_store_whose_sessions_outlive_users:
        session::a_removed_user_takes_the_sessions_along, broken(Defect::SessionsOutliveUsers);
    a_store_that_loses_the_identity:
        identity::a_removed_user_leaves_the_identity_to_be_deleted, broken(Defect::LosesTheIdentity);
    a_store_that_loses_the_identity_in_a_race:
        identity::an_identity_made_while_the_user_is_removed_is_not_lost,
        broken(Defect::LosesTheIdentity);
    a_store_that_shares_identities:
        identity::an_identity_belongs_to_one_user, broken(Defect::SharesIdentities);
    a_store_that_keeps_tokens_of_others:
        identity::a_token_is_kept_if_the_identity_still_is_the_same,
        broken(Defect::KeepsTokensOfOthers);
    a_store_that_replaces_unseen:
        identity::an_identity_is_replaced_if_it_is_the_expected_one, broken(Defect::ReplacesUnseen);
    a_store_that_queues_what_was_replaced:
        identity::an_identity_is_replaced_if_it_is_the_expected_one, broken(Defect::ReplacingQueues);
    a_store_whose_due_users_come_in_any_order:
        identity::due_users_come_in_the_order_of_need, broken(Defect::DueInAnyOrder);
    a_store_whose_due_deletions_come_in_any_order:
        identity::due_deletions_come_longest_due_first, broken(Defect::DueInAnyOrder);
    a_store_whose_due_users_have_no_session:
        identity::only_active_users_with_a_live_session_are_due, broken(Defect::DueWithoutSession);
    a_store_that_deletes_twice:
        identity::an_identity_is_queued_for_deletion_once, broken(Defect::DeletesTwice);
    a_store_that_deletes_too_early:
        identity::a_postponed_deletion_waits_and_counts, broken(Defect::DeletesTooEarly);
    a_store_that_counts_no_attempts:
        identity::a_postponed_deletion_waits_and_counts, broken(Defect::CountsNoAttempts);
    a_store_that_returns_the_meeting_that_was_sent:
        meeting::an_update_changes_what_it_may_and_nothing_else, broken(Defect::ReturnsWhatWasSent);
    a_store_that_lists_every_host:
        meeting::a_list_may_hold_one_host_only, broken(Defect::ListsEveryHost);
    a_store_that_lists_what_is_over:
        meeting::a_list_may_leave_out_what_is_over, broken(Defect::ListsWhatIsOver);
    a_store_that_lists_what_is_not_over:
        meeting::a_list_may_hold_only_what_is_over, broken(Defect::ListsWhatIsNotOver);
    a_store_that_ignores_the_direction:
        meeting::every_meeting_stands_on_exactly_one_page, broken(Defect::IgnoresDirection);
    a_store_that_ignores_when_meetings_begin:
        meeting::a_list_may_begin_with_the_soonest, broken(Defect::IgnoresStarts);
    a_store_that_ignores_when_meetings_begin_backwards:
        meeting::a_list_may_begin_with_the_latest, broken(Defect::IgnoresStarts);
    a_store_that_ignores_the_direction_of_starts:
        meeting::a_list_may_begin_with_the_latest, broken(Defect::IgnoresDirection);
    a_store_that_pages_by_start_alone:
        meeting::a_list_may_begin_with_the_soonest, broken(Defect::PagesByStartAlone);
    a_store_that_ignores_revisions_of_meetings:
        meeting::of_many_updates_of_one_revision_exactly_one_wins, broken(Defect::IgnoresRevisions);
    a_store_that_seeds_twice:
        help::seeding_happens_once_even_if_everything_was_removed, broken(Defect::SeedsTwice);
    a_store_that_seeds_twice_in_a_race:
        help::of_many_seedings_at_once_exactly_one_is_done, broken(Defect::SeedsTwice);
    a_store_that_reuses_numbers:
        help::a_number_is_never_given_again, broken(Defect::ReusesNumbers);
    a_store_that_matches_parts_of_tags:
        help::a_search_finds_what_the_query_matches, broken(Defect::MatchesPartsOfTags);
}
