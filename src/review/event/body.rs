//! What events say.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Anchor, Digests, EventError, EventId, Subject, SubjectKind};
use crate::base::{SitePath, SourcePath};

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A change begins to be reviewed.
    Open(Open),
    /// Somebody is asked for a review.
    Request(Request),
    /// Pages are approved.
    Approve(Approve),
    /// Pages are rejected.
    Reject(Reject),
    /// A remark.
    Comment(Comment),
    /// A remark is settled, or is not any more.
    Resolve(Resolve),
    /// Another text is suggested.
    Suggest(Suggest),
    /// Suggestions were applied.
    Apply(Apply),
    /// A stage is not needed.
    Waive(Waive),
    /// A stage can wait until after the merge.
    Defer(Defer),
    /// The change must not be merged.
    Hold(Hold),
    /// It may be.
    Release(Release),
    /// The change was merged.
    Land(Land),
}

/// A change begins to be reviewed: the first event of each change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The branch, without the name of a remote.
    pub branch: String,
    /// What the change is about, in a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
}

/// Somebody is asked for a review. The branch may have got another name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// The stages that are ready to be reviewed; all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    /// The addresses of those who are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// The branch from now on, where it has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// What they should know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Pages are approved in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    /// The stage.
    pub stage: String,
    /// The pages as they were seen.
    pub pages: Vec<Subject>,
    /// Suggestions on which the approval depends: it counts once they are applied. Each page that
    /// they change then has `after`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<EventId>,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Pages are rejected in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The stage.
    pub stage: String,
    /// The pages as they were seen.
    pub pages: Vec<Subject>,
    /// Why.
    pub note: String,
}

/// A remark: on a place, on the change as a whole, or in answer to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The place; none for a remark on the change, and for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// The remark or suggestion that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<EventId>,
    /// What there is to say, in Markdown.
    pub text: String,
    /// Whether it must be settled before the merge.
    #[serde(default, skip_serializing_if = "is_false")]
    pub blocking: bool,
}

/// A remark is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolve {
    /// The event that began the thread.
    pub comment: EventId,
    /// Whether it is open again instead.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reopen: bool,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Another text for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggest {
    /// The place.
    pub anchor: Anchor,
    /// What is to stand there.
    pub replacement: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Whether it must be applied or settled before the merge.
    #[serde(default, skip_serializing_if = "is_false")]
    pub blocking: bool,
    /// The remark that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<EventId>,
}

/// Suggestions were applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apply {
    /// The suggestions.
    pub suggestions: Vec<EventId>,
    /// The commit that applied them.
    pub commit: String,
}

/// A stage is not needed. Without pages it is not needed for the change at all, whatever is edited
/// later; of pages it is said as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waive {
    /// The stage.
    pub stage: String,
    /// The pages as they were seen; none for all of the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Subject>,
    /// Why.
    pub reason: String,
}

/// A stage can wait until after the merge, and is due then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defer {
    /// The stage.
    pub stage: String,
    /// The pages as they were seen; none for all of the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Subject>,
    /// Why.
    pub reason: String,
    /// The day until which it must be made up for, as `2026-12-24`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The change must not be merged for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// The day from which it may be merged all the same, as `2026-12-24`; without it, only a
    /// release ends the hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A hold ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The hold.
    pub hold: EventId,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The change was merged: what was approved, what came of it, and how one became the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Land {
    /// The commit of the branch that was approved; none where the branch was not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Landing>,
    /// The commit of the target as it stood before: by its policy the change is judged.
    pub before: Landing,
    /// The commit of the target that brought the change, with all that stands between the two.
    pub landed: Landing,
    /// How the content came there: `merged`, `same-files`, `same-patch`, `same-pages`, `named`.
    pub how: String,
    /// The pages as they were approved, and as they are after the merge.
    pub pages: Vec<LandedPage>,
    /// How many events there were, and the SHA-256 of their sorted ids, one a line: what was
    /// taken away since then is missed.
    pub events: usize,
    /// See `events`.
    pub set: EventId,
    /// Files of the change that landed with other bytes than were approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<SourcePath>,
}

/// A page that a change brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedPage {
    /// What it is.
    #[serde(default, skip_serializing_if = "SubjectKind::is_page")]
    pub kind: SubjectKind,
    /// Its file, seen from the top of the repository; of one that is gone, where it was.
    pub path: SourcePath,
    /// Its address; none for one that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<SitePath>,
    /// What git calls the bytes of the file; none for one that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The page as merging the branch had to leave it; none where the branch was not there any
    /// more, or does not have the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Digests>,
    /// The page as it is.
    pub landed: Digests,
    /// Who wrote it on the branch, by address: a squash leaves nothing of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<String>,
}

/// A commit and its tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landing {
    /// The commit.
    pub commit: String,
    /// Its tree.
    pub tree: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Body {
    /// The kinds of events, as JSON names them.
    pub const KINDS: [&'static str; 13] = [
        "open", "request", "approve", "reject", "comment", "resolve", "suggest", "apply", "waive",
        "defer", "hold", "release", "land",
    ];

    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Open(_) => "open",
            Body::Request(_) => "request",
            Body::Approve(_) => "approve",
            Body::Reject(_) => "reject",
            Body::Comment(_) => "comment",
            Body::Resolve(_) => "resolve",
            Body::Suggest(_) => "suggest",
            Body::Apply(_) => "apply",
            Body::Waive(_) => "waive",
            Body::Defer(_) => "defer",
            Body::Hold(_) => "hold",
            Body::Release(_) => "release",
            Body::Land(_) => "land",
        }
    }

    pub(super) fn read(kind: &str, fields: Map<String, Value>) -> Result<Body, EventError> {
        fn of<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, EventError> {
            serde_json::from_value(Value::Object(fields))
                .map_err(|error| EventError::Form(error.to_string()))
        }
        Ok(match kind {
            "open" => Body::Open(of(fields)?),
            "request" => Body::Request(of(fields)?),
            "approve" => Body::Approve(of(fields)?),
            "reject" => Body::Reject(of(fields)?),
            "comment" => Body::Comment(of(fields)?),
            "resolve" => Body::Resolve(of(fields)?),
            "suggest" => Body::Suggest(of(fields)?),
            "apply" => Body::Apply(of(fields)?),
            "waive" => Body::Waive(of(fields)?),
            "defer" => Body::Defer(of(fields)?),
            "hold" => Body::Hold(of(fields)?),
            "release" => Body::Release(of(fields)?),
            "land" => Body::Land(of(fields)?),
            _ => return Err(EventError::Kind(kind.chars().take(40).collect())),
        })
    }

    pub(super) fn fields(&self) -> Result<Map<String, Value>, EventError> {
        let value = match self {
            Body::Open(body) => serde_json::to_value(body),
            Body::Request(body) => serde_json::to_value(body),
            Body::Approve(body) => serde_json::to_value(body),
            Body::Reject(body) => serde_json::to_value(body),
            Body::Comment(body) => serde_json::to_value(body),
            Body::Resolve(body) => serde_json::to_value(body),
            Body::Suggest(body) => serde_json::to_value(body),
            Body::Apply(body) => serde_json::to_value(body),
            Body::Waive(body) => serde_json::to_value(body),
            Body::Defer(body) => serde_json::to_value(body),
            Body::Hold(body) => serde_json::to_value(body),
            Body::Release(body) => serde_json::to_value(body),
            Body::Land(body) => serde_json::to_value(body),
        };
        match value.map_err(|error| EventError::Form(error.to_string()))? {
            Value::Object(fields) => Ok(fields),
            _ => Err(EventError::Form("the body is no object".to_owned())),
        }
    }
}
