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

/// All codes of this room, sorted.
pub static CODES: &[&Code] = &[&CHANGED_POLICY, &CONFLICT, &FORECAST, &OPEN_THREAD];
