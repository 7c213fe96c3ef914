//! What CI systems say about the branch that they build, in their environment variables.

/// The branches that a CI system names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ci {
    /// The branch that is built.
    pub(crate) branch: Option<String>,
    /// The branch that it is to be merged into, where a merge is proposed.
    pub(crate) base: Option<String>,
}

/// The variables that name the branch that is built, and the base of a proposed merge, by system;
/// of several, the first that is set. Documented by the systems: GitHub Actions (and Gitea,
/// Forgejo), GitLab, Azure Pipelines, Bitbucket, Jenkins, Buildkite, Woodpecker, CircleCI,
/// Cloudflare Pages, Vercel.
const BRANCH: &[&str] = &[
    "GITHUB_HEAD_REF",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_BRANCH",
    "SYSTEM_PULLREQUEST_SOURCEBRANCH",
    "BUILD_SOURCEBRANCH",
    "BITBUCKET_BRANCH",
    "CHANGE_BRANCH",
    "BUILDKITE_BRANCH",
    "CI_COMMIT_SOURCE_BRANCH",
    "CIRCLE_BRANCH",
    "CF_PAGES_BRANCH",
    "VERCEL_GIT_COMMIT_REF",
];

const BASE: &[&str] = &[
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "CI_COMMIT_TARGET_BRANCH",
];

impl Ci {
    /// Reads the variables through `variable`.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Ci {
        let first = |names: &[&str]| {
            let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
            // Some name the whole reference, and builds of a tag or a merge have no branch.
            let value = names.iter().find_map(set)?;
            match value.strip_prefix("refs/heads/") {
                Some(branch) => Some(branch.to_owned()),
                None if value.starts_with("refs/") => None,
                None => Some(value),
            }
        };
        let pushed = || {
            variable("GITHUB_REF_TYPE").filter(|kind| kind == "branch")?;
            variable("GITHUB_REF_NAME")
        };
        // Netlify's names are common words.
        let netlify = || {
            variable("NETLIFY")?;
            variable("HEAD").or_else(|| variable("BRANCH"))
        };
        Ci { branch: first(BRANCH).or_else(pushed).or_else(netlify), base: first(BASE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> (String, String) {
        let ci = Ci::of(|name| {
            let set = variables.iter().find(|(known, _)| *known == name);
            set.map(|(_, value)| (*value).to_owned())
        });
        (ci.branch.unwrap_or_default(), ci.base.unwrap_or_default())
    }

    #[test]
    fn systems_name_their_branches() {
        let proposed = [("GITHUB_HEAD_REF", "topic"), ("GITHUB_BASE_REF", "main")];
        assert_eq!(of(&proposed), ("topic".into(), "main".into()));
        // A push has the variables of a proposal, empty.
        let pushed = [
            ("GITHUB_HEAD_REF", ""),
            ("GITHUB_BASE_REF", ""),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_REF_TYPE", "branch"),
        ];
        assert_eq!(of(&pushed), ("main".into(), String::new()));
        let tag = [("GITHUB_REF_NAME", "v1"), ("GITHUB_REF_TYPE", "tag")];
        assert_eq!(of(&tag), (String::new(), String::new()));
        let azure = [
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/a/b"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ("BUILD_SOURCEBRANCH", "refs/pull/1/merge"),
        ];
        assert_eq!(of(&azure), ("a/b".into(), "main".into()));
        assert_eq!(of(&[("BUILD_SOURCEBRANCH", "refs/tags/v1")]), (String::new(), String::new()));
        assert_eq!(of(&[("HEAD", "x"), ("BRANCH", "x")]), (String::new(), String::new()));
        assert_eq!(of(&[("NETLIFY", "true"), ("BRANCH", "x")]).0, "x");
    }
}
