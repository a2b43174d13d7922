//! The judge is judged: histories that must pass, and histories that must not.

use std::time::Duration;

use super::check::{Promise, check};
use super::history::{Answer, Bearer, Call, Op, ReplicaNo, Role, Tick};
use super::verdicts::Hearing;

const USER: usize = 0;
const SESSION: usize = 0;
/// The access token of the login.
const FIRST: Bearer = Bearer { number: 0, since: 1, role: Role::Admin };

/// A history, written by hand.
#[derive(Default)]
struct Story(Vec<Op>);

impl Story {
    /// A session that was opened with token 0, by replica 0.
    fn begun() -> Self {
        Self::default().op(0, (0, 1), Call::Login(USER), Answer::Opened(SESSION, 0))
    }

    fn op(mut self, replica: ReplicaNo, (invoked, returned): (Tick, Tick), call: Call, answer: Answer) -> Self {
        self.0.push(Op { replica, call, answer, invoked, returned, at: Duration::from_millis(returned) });
        self
    }

    fn refresh(self, when: (Tick, Tick), token: usize, answer: Answer) -> Self {
        self.op(1, when, Call::Refresh(SESSION, token), answer)
    }

    fn verify(self, replica: ReplicaNo, when: (Tick, Tick), answer: Answer) -> Self {
        self.bearing(replica, when, FIRST, answer)
    }

    fn bearing(self, replica: ReplicaNo, when: (Tick, Tick), bearer: Bearer, answer: Answer) -> Self {
        self.op(replica, when, Call::Verify(SESSION, bearer), answer)
    }

    fn judged(&self, grace: Duration, hearing: Hearing) -> Result<(), String> {
        check(&self.0, Promise { grace, hearing })
    }

    #[track_caller]
    fn passes(&self) {
        self.judged(Duration::ZERO, Hearing::Soon).expect("it is a good history");
    }

    #[track_caller]
    fn fails(&self) -> String {
        self.judged(Duration::ZERO, Hearing::Soon).expect_err("it is a bad history")
    }

    #[track_caller]
    fn passes_with_grace(&self) {
        self.judged(Duration::from_secs(60), Hearing::Soon).expect("it is a good history");
    }

    #[track_caller]
    fn fails_with_grace(&self) {
        self.judged(Duration::from_secs(60), Hearing::Soon).expect_err("it is a bad history");
    }
}

fn no(code: &str) -> Answer {
    Answer::Refused(code.to_owned())
}

#[test]
fn a_session_that_is_used_and_ended_passes() {
    let story = Story::begun()
        .refresh((2, 3), 0, Answer::Rotated(1))
        .verify(1, (4, 5), Answer::Done)
        .refresh((6, 7), 1, Answer::Rotated(2))
        .op(1, (8, 9), Call::Logout(SESSION), Answer::Done)
        .verify(1, (10, 11), no("invalid_token"))
        .refresh((12, 13), 2, no("invalid_refresh_token"))
        .refresh((14, 15), 1, no("token_reuse"));
    story.passes();
    story.passes_with_grace();
}

#[test]
fn of_two_at_once_one_wins_in_whatever_order() {
    let story = Story::begun();
    story.refresh((2, 9), 0, no("token_reuse")).refresh((3, 4), 0, Answer::Rotated(1)).passes();
    let story = Story::begun();
    story.refresh((2, 3), 0, no("token_reuse")).refresh((4, 5), 0, Answer::Rotated(1)).fails();
}

#[test]
fn two_winners_fail() {
    let story = Story::begun().refresh((2, 9), 0, Answer::Rotated(1)).refresh((3, 8), 0, Answer::Rotated(2));
    story.fails();
    story.fails_with_grace();
}

#[test]
fn a_fork_fails_and_a_repeat_passes_within_grace_only() {
    let twice =
        |token| Story::begun().refresh((2, 3), 0, Answer::Rotated(1)).refresh((4, 5), 0, Answer::Rotated(token));
    twice(1).passes_with_grace();
    twice(1).fails();
    twice(2).fails_with_grace();
    let used = |answer| twice(1).refresh((6, 7), 1, Answer::Rotated(2)).refresh((8, 9), 0, answer);
    used(no("token_reuse")).passes_with_grace();
    used(Answer::Rotated(1)).fails_with_grace();
}

#[test]
fn a_refresh_nobody_heard_of_may_have_happened_late_or_never() {
    let lost = |answer| Story::begun().refresh((2, 3), 0, Answer::Unknown).refresh((8, 9), 0, answer);
    lost(Answer::Rotated(1)).passes();
    lost(no("token_reuse")).passes();
    lost(no("invalid_refresh_token")).fails();
    lost(Answer::Rotated(1)).refresh((10, 11), 1, Answer::Rotated(2)).passes();
    // Late: the lost one came after the second had rotated, and was reuse.
    lost(Answer::Rotated(1)).refresh((10, 11), 1, no("invalid_refresh_token")).passes();
    // The repeat tells what the lost answer held; after that it is the current token and no other.
    lost(Answer::Rotated(1)).refresh((10, 11), 1, Answer::Rotated(2)).passes_with_grace();
    lost(Answer::Rotated(1)).refresh((10, 11), 0, Answer::Rotated(3)).fails_with_grace();
}

#[test]
fn a_rotation_that_was_answered_and_forgotten_fails() {
    // After a restart the store knows the token of before only, and takes the new one for one from the future.
    let story = Story::begun().refresh((2, 3), 0, Answer::Rotated(1));
    story.refresh((4, 5), 1, no("invalid_refresh_token")).fails();
    let story = Story::begun().refresh((2, 3), 0, Answer::Rotated(1));
    story.refresh((4, 5), 0, Answer::Rotated(2)).fails_with_grace();
}

#[test]
fn a_session_that_was_answered_and_lost_fails() {
    let text = Story::begun().refresh((2, 3), 0, no("invalid_refresh_token")).fails();
    assert!(text.contains("none of these fits") && text.contains("Refresh(0, 0)"), "{text}");
}

#[test]
fn a_logout_that_was_answered_and_lost_fails() {
    for call in [Call::Logout(SESSION), Call::LogoutAll(USER), Call::Suspend(USER)] {
        let story = Story::begun().op(0, (2, 3), call, Answer::Done).op(0, (4, 5), Call::Activate(USER), Answer::Done);
        story.refresh((6, 7), 0, Answer::Rotated(1)).fails();
        // One that was under way may come second.
        let story = Story::begun().op(0, (2, 9), call, Answer::Done);
        story.refresh((3, 4), 0, Answer::Rotated(1)).passes();
        // One that was never answered may not have happened.
        let story = Story::begun().op(0, (2, 3), call, Answer::Unknown);
        story.refresh((6, 7), 0, Answer::Rotated(1)).passes();
    }
}

#[test]
fn a_session_that_comes_back_fails() {
    let ended = || Story::begun().op(0, (2, 3), Call::Logout(SESSION), Answer::Unknown);
    let story = ended().refresh((4, 5), 0, no("invalid_refresh_token"));
    story.refresh((6, 7), 0, Answer::Rotated(1)).fails();
    let reuse = Story::begun().refresh((2, 3), 0, Answer::Rotated(1)).refresh((4, 5), 0, no("token_reuse"));
    reuse.refresh((6, 7), 1, Answer::Rotated(2)).fails();
}

#[test]
fn a_logout_of_everything_spares_a_session_that_is_being_opened_but_none_that_was_open() {
    let story = Story::default().op(0, (0, 5), Call::LogoutAll(USER), Answer::Done).op(
        0,
        (1, 4),
        Call::Login(USER),
        Answer::Opened(SESSION, 0),
    );
    story.refresh((6, 7), 0, Answer::Rotated(1)).passes();
}

#[test]
fn a_suspended_user_who_gets_in_fails_and_so_does_an_active_one_who_does_not() {
    let login = |answer| {
        Story::default().op(0, (0, 1), Call::Suspend(USER), Answer::Done).op(1, (2, 3), Call::Login(USER), answer)
    };
    login(Answer::Opened(SESSION, 0)).fails();
    login(no("invalid_credentials")).passes();
    login(no("invalid_credentials")).op(0, (4, 5), Call::Activate(USER), Answer::Done).passes();
    Story::default().op(1, (2, 3), Call::Login(USER), no("invalid_credentials")).fails();
}

#[test]
fn a_check_that_refuses_without_cause_fails() {
    Story::begun().verify(1, (2, 3), no("invalid_token")).fails();
    Story::begun().verify(1, (2, 5), no("invalid_token")).op(0, (3, 4), Call::Logout(SESSION), Answer::Done).passes();
    Story::begun().verify(1, (2, 5), no("invalid_token")).op(0, (6, 7), Call::Logout(SESSION), Answer::Done).fails();
    Story::begun()
        .op(0, (2, 3), Call::Logout(SESSION), no("invalid_token"))
        .verify(1, (4, 5), no("invalid_token"))
        .fails();
}

#[test]
fn the_replica_that_ended_a_session_refuses_it_at_once_and_another_may_take_its_time() {
    let ended = || Story::begun().op(1, (2, 3), Call::Logout(SESSION), Answer::Done);
    ended().verify(1, (4, 5), Answer::Done).fails();
    ended().verify(2, (4, 5), Answer::Done).passes();
    ended().verify(2, (4, 5), Answer::Done).judged(Duration::ZERO, Hearing::AtOnce).expect_err("it heard at once");
}

#[test]
fn a_replica_that_has_refused_does_not_change_its_mind() {
    let story = Story::begun().op(0, (2, 3), Call::Logout(SESSION), Answer::Unknown);
    let story = story.verify(1, (4, 5), no("invalid_token"));
    story.verify(1, (6, 7), Answer::Done).fails();
}

/// A session whose user was an admin, and is one no more.
fn demoted(answer: Answer) -> Story {
    Story::begun().op(1, (2, 3), Call::SetRole(USER, Role::User), answer)
}

#[test]
fn a_token_that_is_accepted_after_an_answered_demotion_fails() {
    demoted(Answer::Done).verify(1, (4, 5), Answer::Done).fails();
    demoted(Answer::Done).verify(1, (4, 5), no("invalid_token")).passes();
    // Another replica may take its time, unless every check asks what all share.
    demoted(Answer::Done).verify(2, (4, 5), Answer::Done).passes();
    demoted(Answer::Done).verify(2, (4, 5), Answer::Done).judged(Duration::ZERO, Hearing::AtOnce).expect_err("at once");
    // Before the answer either may be.
    for answer in [Answer::Done, no("invalid_token")] {
        Story::begun().op(1, (2, 9), Call::SetRole(USER, Role::User), Answer::Done).verify(1, (4, 5), answer).passes();
    }
    // One without an answer may not have happened, and one that was refused has not.
    demoted(Answer::Unknown).verify(1, (4, 5), Answer::Done).passes();
    demoted(no("forbidden")).verify(1, (4, 5), Answer::Done).passes();
    demoted(no("forbidden")).verify(1, (4, 5), no("invalid_token")).fails();
}

#[test]
fn a_demotion_keeps_the_session_and_a_promotion_revives_no_token() {
    let newer = |since, role| Bearer { number: 1, since, role };
    let refreshed = || demoted(Answer::Done).refresh((4, 5), 0, Answer::Rotated(1));
    let verified = || refreshed().verify(1, (6, 7), no("invalid_token"));
    verified().bearing(1, (8, 9), newer(5, Role::User), Answer::Done).passes();
    let promoted = |story: Story| story.op(1, (10, 11), Call::SetRole(USER, Role::Admin), Answer::Done);
    promoted(verified()).verify(1, (12, 13), Answer::Done).fails();
    promoted(verified()).bearing(1, (12, 13), newer(5, Role::User), Answer::Done).fails();
    promoted(refreshed()).verify(1, (12, 13), Answer::Done).fails();
    let again = || promoted(refreshed()).refresh((14, 15), 1, Answer::Rotated(2));
    again().bearing(1, (16, 17), newer(15, Role::Admin), Answer::Done).passes();
}

#[test]
fn a_token_or_a_login_that_is_accepted_after_an_answered_deletion_fails() {
    let deleted = |answer| Story::begun().op(1, (2, 3), Call::Delete(USER), answer);
    deleted(Answer::Done).verify(1, (4, 5), Answer::Done).fails();
    deleted(Answer::Done).verify(1, (4, 5), no("invalid_token")).passes();
    deleted(Answer::Done).verify(2, (4, 5), Answer::Done).judged(Duration::ZERO, Hearing::AtOnce).expect_err("at once");
    deleted(Answer::Unknown).verify(1, (4, 5), Answer::Done).passes();
    deleted(Answer::Done).refresh((4, 5), 0, Answer::Rotated(1)).fails();
    deleted(Answer::Done).op(0, (4, 5), Call::Login(USER), Answer::Opened(1, 9)).fails();
    deleted(Answer::Done).op(0, (4, 5), Call::Login(USER), no("invalid_credentials")).passes();
    deleted(Answer::Done).op(0, (4, 5), Call::Activate(USER), Answer::Done).fails();
    deleted(Answer::Done).op(0, (4, 5), Call::Activate(USER), no("not_found")).passes();
}
