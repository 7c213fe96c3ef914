//! What a review finds in a change as a whole.

use crate::base::{Code, Severity};

/// git cannot merge a file.
pub static CONFLICT: Code = Code {
    id: "review/conflict",
    severity: Severity::Error,
    summary: "the branch cannot be merged: git does not know what a file is to be",
    explanation: "The branch and its base changed the same lines, or one removed what the other \
                  one changed. Nobody can say what the merged page will be before somebody \
                  decides. Merge the base into the branch, settle the conflict, and commit. The \
                  other files were merged in memory and checked all the same.",
    examples: (
        "git merge feature\n# CONFLICT (content): Merge conflict in guide.md",
        "git switch feature && git merge main\n# settle guide.md\ngit commit",
    ),
};

/// Another open branch will conflict with this one.
pub static FORECAST: Code = Code {
    id: "review/conflict-ahead",
    severity: Severity::Advice,
    summary: "another open branch changes the same lines",
    explanation: "Both branches can be merged today, and not one after the other: whichever comes \
                  second meets a conflict. Nothing is wrong yet. Talk to whoever works on the \
                  other branch, or merge the one that is ready first.",
    examples: ("", ""),
};

/// A branch changes what it is judged by.
pub static CHANGED_POLICY: Code = Code {
    id: "review/changed-policy",
    severity: Severity::Warning,
    summary: "the branch changes what reviews are decided by",
    explanation: "A review takes theme, lint rules, and `[review]` from the target of the change, \
                  so that a branch cannot switch off what it is judged by. This branch changes some \
                  of that. It has no effect yet, and will have one on every later change: somebody \
                  who answers for it should look at exactly these files.",
    examples: ("[lint.rules]\n\"link/missing-page\" = \"off\"", ""),
};

/// Somebody wants something settled before the merge.
pub static OPEN_THREAD: Code = Code {
    id: "review/open-thread",
    severity: Severity::Error,
    summary: "a comment or suggestion that blocks the merge is open",
    explanation: "Somebody said that this must be settled before the merge. Answer it with \
                  `copydesk review comment --reply`, apply what is suggested with `copydesk review apply`, \
                  and let whoever began it, or somebody who may waive, settle it with `copydesk review \
                  resolve`. A comment whose text is gone goes on blocking.",
    examples: (
        "copydesk review comment docs/page.md:12 --blocking -m \"Is that so?\"",
        "copydesk review resolve 5f2c",
    ),
};

/// Sign-offs that nobody has signed.
pub static ADVISORY: Code = Code {
    id: "review/advisory",
    severity: Severity::Advice,
    summary: "nothing proves who signed off",
    explanation: "Without signatures, whoever can write to the repository can approve in the name of \
                  anybody. In a small team that is enough. Where it is not, name a file of keys as \
                  `allowed-signers` below `[review]`: then only what is signed counts.",
    examples: (
        "[review]\npreset = \"docs\"",
        "[review]\npreset = \"docs\"\nallowed-signers = \"allowed_signers\"",
    ),
};

/// A merge that somebody holds up.
pub static HELD: Code = Code {
    id: "review/held",
    severity: Severity::Error,
    summary: "somebody holds the merge up",
    explanation: "The change is not to be merged for now, whatever is approved. Whoever holds it up \
                  ends that with `copydesk review release`, and so can those whom `waive` below \
                  `[review]` names. A hold can also end on its day.",
    examples: ("", ""),
};

/// Something was said that does not count.
pub static IGNORED: Code = Code {
    id: "review/ignored-event",
    severity: Severity::Advice,
    summary: "something was said that does not count",
    explanation: "An approval counts when its author may approve the page in that stage, did not write \
                  it, and, where the target asks for signatures, has signed it with a key that may \
                  be used. This one is not lost, and changes nothing.",
    examples: ("", ""),
};

/// A first response is late.
pub static LATE: Code = Code {
    id: "review/late-response",
    severity: Severity::Advice,
    summary: "nobody has answered in a stage within the time that was agreed on",
    explanation: "`first-response` of a stage says within how many working days somebody who may \
                  approve should have said anything. It does not stand in the way of a merge.",
    examples: ("", ""),
};

/// A page that is not signed off.
pub static NOT_SIGNED_OFF: Code = Code {
    id: "review/not-signed-off",
    severity: Severity::Error,
    summary: "a page is not signed off in a stage",
    explanation: "The target asks that each page which the merge changes is approved in this stage. An \
                  approval is bound to what was seen: an edit opens the page again in the stages that \
                  look at what was edited. `copydesk review status` shows all pages and stages.",
    examples: ("", ""),
};

/// All codes of this room, sorted.
pub static CODES: &[&Code] = &[
    &ADVISORY,
    &CHANGED_POLICY,
    &CONFLICT,
    &FORECAST,
    &HELD,
    &IGNORED,
    &LATE,
    &NOT_SIGNED_OFF,
    &OPEN_THREAD,
];
