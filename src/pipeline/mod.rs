//! Wires the stages together: a source becomes a prepared site, a prepared site a published one.
//! The only home of rayon.

mod across;
mod addresses;
mod branches;
mod build;
mod change;
mod change_look;
mod check;
mod codes;
mod extras;
mod facts;
mod found;
mod fragments;
mod gate;
mod highlights;
mod images;
mod inputs;
mod known_trees;
mod landing;
mod link_texts;
mod links;
mod lint;
mod live;
mod live_known;
mod live_lint;
mod live_review;
mod live_site;
mod live_theme;
mod mend;
mod merge_check;
mod parsed;
mod prepare;
mod progress;
mod proofs;
mod publish;
mod reading;
mod recheck;
mod relink;
mod relocate;
mod rendering;
mod review_site;
mod review_threads;
mod rule_set;
pub mod search;
mod sign_off;
mod spelling;
mod suggested;
mod versions;
mod whole;

pub use across::{Reach, add_findings, links_to_other_sites, lint_across};
pub use branches::{BranchesAbout, Effort, KnownForecasts, branch_states, in_order, open_branches};
pub use build::{BuildFailure, BuildOutput, Built, build};
pub use change::{ChangeInput, Compared, PageDifference, compare, differences};
pub use check::{CheckInput, Checked, check, check_changes, lint_site, missing_redirects};
pub use codes::codes;
pub use facts::{RepositoryInput, file_facts};
pub use gate::{
    Base, LintInput, Side, apply_suppressions, fingerprints, keys_of, lint_changes, lint_files,
    new_findings,
};
pub use highlights::warm_up;
pub use landing::{
    LandInput, LandedBy, LandingError, ReviewTarget, ToLand, Uncovered, Verification,
    VerifiedLanding,
};
pub use lint::{LintReport, Wanted};
pub use live::{Answer, Changed, Live, SearchExport, SearchTask, Served, Taken, UpdateError};
pub use live_lint::LiveLint;
pub use live_review::{LivePages, LiveReview, LiveReviewInput, OpenedReview};
pub use live_site::SiteFindings;
pub use mend::{Mended, MendedFile, apply_fix, mend};
pub use merge_check::{MergeCheckError, MergeCheckInput, merge_check};
pub use prepare::{BuildError, BuildInput, Prepared, Totals, UNREADABLE, prepare};
pub use progress::{Progress, Silent};
pub use reading::site_settings;
pub use relocate::{RelocateError, Relocated, RelocatedFile, relocate};
pub use review_site::{ReviewSite, ReviewSiteError, ReviewSiteInput, review_site};
pub use rule_set::{LoadedRules, load_rules, nearest_rules};
pub use sign_off::{Judge, SignOffError, ToSignInput, laid_over, pages_to_sign};
pub use spelling::{has_misspelled, suggest};
pub use suggested::{Suggested, SuggestedError, SuggestedInput, with_suggestions};
pub use versions::{
    Beside, BuiltVersion, Look, Preview, PreviewInput, Selection, Shelf, Twins, Version,
    VersionEntry, VersionInput, VersionState, VersionsBeside, VersionsBuilt, VersionsFailure,
    VersionsFile, VersionsInput, build_versions, select,
};
