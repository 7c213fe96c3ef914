//! What holds a merge up besides cells, and who is late.

use super::fold::ignored;
use super::{HoldView, Ignored, Late, SignOffInput};
use crate::history::{day_of, is_day};
use crate::review::event::{Body, Event};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The holds that are not over. Whoever holds can release, and whoever may waive.
pub(super) fn holds(
    input: &SignOffInput<'_>,
    counting: &[&Event],
) -> (Vec<HoldView>, Vec<Ignored>) {
    let (mut holds, mut not_counting) = (Vec::<HoldView>::new(), Vec::new());
    let lifts = input.policy.may_waive();
    let today = day_of(input.now);
    for event in counting {
        match &event.body {
            Body::Hold(hold) => holds.push(HoldView {
                event: event.id,
                author: event.author.clone(),
                reason: hold.reason.clone(),
                until: hold.until.clone(),
            }),
            Body::Release(release) => {
                let Some(at) = holds.iter().position(|hold| hold.event == release.hold) else {
                    continue;
                };
                let own = holds.get(at).is_some_and(|hold| hold.author.key() == event.author.key());
                if own || lifts.has(&event.author.key()) {
                    holds.remove(at);
                } else {
                    let why = "only those who hold, and those who may waive, release".to_owned();
                    not_counting.push(ignored(event, why));
                }
            }
            _ => {}
        }
    }
    // A day that cannot be read never comes.
    holds.retain(|hold| !hold.until.as_ref().is_some_and(|until| is_day(until) && *until <= today));
    (holds, not_counting)
}

/// Stages in which nobody who may approve has said anything since a review was asked for.
pub(super) fn late(input: &SignOffInput<'_>, counting: &[&Event]) -> Vec<Late> {
    let mut found = Vec::new();
    for stage in &input.policy.review.stages {
        let Some(within) = stage.first_response else { continue };
        let asked = counting.iter().filter_map(|event| match &event.body {
            Body::Open(_) => Some(*event),
            Body::Request(request) => {
                (request.stages.is_empty() || request.stages.contains(&stage.id)).then_some(*event)
            }
            _ => None,
        });
        // The first time counts: to ask again is no new start.
        let Some(asked) = asked.min_by_key(|event| event.order()) else { continue };
        let approvers: Vec<_> = input
            .pages
            .iter()
            .map(|page| {
                let owners = input.policy.owners(&page.path, &page.owners);
                input.policy.approvers(stage, &owners)
            })
            .collect();
        let answered = counting.iter().any(|event| {
            let who = event.author.key();
            event.order() > asked.order()
                && who != asked.author.key()
                && approvers.iter().any(|people| people.has(&who))
        });
        let days = working_days(asked.time, input.now);
        if !answered && days > within && !input.pages.is_empty() {
            found.push(Late { stage: stage.id.clone(), days, within });
        }
    }
    found
}

/// Whole days from Monday to Friday between two times.
fn working_days(from: i64, to: i64) -> u32 {
    let (first, last) = (from.div_euclid(DAY), to.div_euclid(DAY));
    if last <= first {
        return 0;
    }
    let all = last - first;
    let weeks = all / 7;
    // 1970-01-01 was a Thursday.
    let rest = (last - all % 7 + 1..=last).filter(|day| (day + 3).rem_euclid(7) < 5).count();
    u32::try_from(weeks * 5 + i64::try_from(rest).unwrap_or(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_no_working_days() {
        // 2026-11-27 is a Friday.
        let friday = 1_795_737_600;
        assert_eq!(day_of(friday), "2026-11-27");
        assert_eq!(working_days(friday, friday + 2 * DAY), 0);
        assert_eq!(working_days(friday, friday + 3 * DAY), 1);
        assert_eq!(working_days(friday, friday + 14 * DAY), 10);
        assert_eq!(working_days(friday, friday - DAY), 0);
    }
}
