//! Fixes become new bytes of files: which of them go together, whether they change more than they
//! say, and again until there is nothing left to mend. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use crate::base::{
    Applicability, ContentHash, Diagnostic, Edit, EditPlan, Fix, SourcePath, apply_edits,
};
use crate::config::Settings;
use crate::markdown::{Latitude, Unmeant, check_meaning};
use crate::report;
use crate::site::is_markdown;
use crate::source::{OverlaySource, Source, SourceError};

/// How often files are checked and mended again. Rules whose fixes make room for others need two
/// or three rounds.
const MOST_ROUNDS: usize = 10;

/// A file with other bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MendedFile {
    /// The file.
    pub path: SourcePath,
    /// What it was.
    pub before: Arc<[u8]>,
    /// What it is to be.
    pub after: Arc<[u8]>,
}

/// What fixes make of a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mended {
    /// The files that change, by path.
    pub files: Vec<MendedFile>,
    /// How many findings were mended.
    pub fixed: usize,
    /// Findings whose fix would change more than it says, and what: "it would change the anchor
    /// `x`".
    pub refused: Vec<(Diagnostic, String)>,
    /// What is found once the files have changed, sorted.
    pub left: Vec<Diagnostic>,
}

/// What looks for findings in a source; `E` is how that fails.
pub type Check<'a, E> = dyn FnMut(&dyn Source) -> Result<Vec<Diagnostic>, E> + 'a;

/// How pages are read to compare them: as they are written.
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::default();
    settings.html.smart_punctuation = false;
    settings
});

/// Applies the fixes that `check` finds in a source, and those that it finds then, until there
/// are no more. Of fixes that overlap the first one counts. A fix is taken as a whole or not at
/// all; it is refused where the files that it makes would differ from those before in more than
/// its edits. The same input gives the same output.
///
/// # Errors
/// Those of `check`, and when a file cannot be read.
pub fn mend<E: From<SourceError>>(
    source: &dyn Source,
    most: Applicability,
    check: &mut Check<'_, E>,
) -> Result<Mended, E> {
    let mut state = State {
        overlay: OverlaySource::new(source),
        originals: BTreeMap::new(),
        seen: BTreeSet::new(),
        refused: Vec::new(),
    };
    let mut fixed = 0;
    let mut round = 0;
    let left = loop {
        let mut found = check(&state.overlay)?;
        report::sort(&mut found);
        if round == MOST_ROUNDS {
            break found;
        }
        let made = state.round(&found, most)?;
        if made == 0 {
            break found;
        }
        fixed += made;
        round += 1;
    };
    let mut files = Vec::new();
    for (path, before) in &state.originals {
        let after = state.overlay.read(path)?;
        if after != *before {
            files.push(MendedFile { path: path.clone(), before: Arc::clone(before), after });
        }
    }
    Ok(Mended { files, fixed, refused: state.refused, left })
}

/// Applies one fix to the files of a source as they are.
///
/// # Errors
/// Why it is not applied: what it would change besides, or that the files are not those that it
/// was made for.
pub fn apply_fix(source: &dyn Source, fix: &Fix) -> Result<Vec<MendedFile>, String> {
    let mut plan = EditPlan::default();
    if fix.edits.is_empty() || !plan.add(fix) {
        return Err("it does not say what to change".to_owned());
    }
    let read = |path: &SourcePath| source.read(path).map_err(|error| error.to_string());
    let mut files = Vec::new();
    for (path, edits) in plan.files() {
        let before = read(path)?;
        let after = verified(path, &before, edits, latitude(fix.applicability))
            .map_err(|unmeant| unmeant.why)?;
        files.push(MendedFile { path: path.clone(), before, after });
    }
    Ok(files)
}

fn latitude(applicability: Applicability) -> Latitude {
    match applicability {
        Applicability::Safe => Latitude::Edits,
        Applicability::Suggested => Latitude::Blocks,
    }
}

/// The bytes that edits make of a file.
fn verified(
    path: &SourcePath,
    before: &[u8],
    edits: &[Edit],
    latitude: Latitude,
) -> Result<Arc<[u8]>, Unmeant> {
    let after = apply_edits(before, edits).ok_or("the file is another one now")?;
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    if text(before) && !text(&after) {
        return Err("it would cut a character in two".into());
    }
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        _ if is_markdown(path) => {
            check_meaning(path, (before, &after), edits, latitude, &SETTINGS)?;
        }
        "toml" => {
            let reads = |bytes: &[u8]| {
                let text = std::str::from_utf8(bytes).ok();
                text.is_some_and(|text| text.parse::<toml::Table>().is_ok())
            };
            if reads(before) && !reads(&after) {
                return Err("the file could not be read any more".into());
            }
        }
        "html" | "htm" => {
            let marks = |text: &[u8]| text.iter().any(|byte| b"<>&\"'".contains(byte));
            let cuts = |edit: &Edit| {
                marks(edit.text.as_bytes()) || before.get(edit.span.range()).is_none_or(marks)
            };
            if edits.iter().any(cuts) {
                return Err("it would change markup".into());
            }
        }
        _ => {}
    }
    Ok(Arc::from(after))
}

struct State<'a> {
    overlay: OverlaySource<'a>,
    originals: BTreeMap<SourcePath, Arc<[u8]>>,
    /// Every state that a file had.
    seen: BTreeSet<(SourcePath, ContentHash)>,
    refused: Vec<(Diagnostic, String)>,
}

/// A finding with its fix.
type Wanted<'a> = (&'a Diagnostic, &'a Fix);

impl State<'_> {
    /// Applies what goes together of the fixes of findings, and says how many it were.
    fn round(&mut self, found: &[Diagnostic], most: Applicability) -> Result<usize, SourceError> {
        self.refused.clear();
        // By the file that is mended: one that refuses its fixes is no matter of the others.
        let mut groups: BTreeMap<(Applicability, &SourcePath), Vec<Wanted>> = BTreeMap::new();
        for diagnostic in found {
            if let Some(fix) = &diagnostic.fix
                && fix.applicability <= most
                && let Some(edit) = fix.edits.first()
            {
                let key = (fix.applicability, &edit.span.file);
                groups.entry(key).or_default().push((diagnostic, fix));
            }
        }
        let mut plan = EditPlan::default();
        let mut made = 0;
        // Safe fixes come first: they are held to more. What is refused of them is a suggestion.
        for ((applicability, _), wanted) in groups {
            let mut refused = Vec::new();
            made += self.grow(&mut plan, &wanted, latitude(applicability), &mut refused);
            if applicability == Applicability::Safe && most == Applicability::Suggested {
                let again: Vec<Wanted> = refused.drain(..).map(|(wanted, _)| wanted).collect();
                made += self.grow(&mut plan, &again, Latitude::Blocks, &mut refused);
            }
            let told = refused.into_iter().map(|((diagnostic, _), why)| (diagnostic.clone(), why));
            self.refused.extend(told);
        }
        let mut changed = 0;
        for (path, edits) in plan.files() {
            let before = self.overlay.read(path)?;
            let Some(after) = apply_edits(&before, edits) else { continue };
            self.seen.insert((path.clone(), ContentHash::of(&before)));
            if !self.seen.insert((path.clone(), ContentHash::of(&after))) {
                // It was like this before: two rules undo each other's fixes.
                continue;
            }
            self.originals.entry(path.clone()).or_insert(before);
            self.overlay.set(path.clone(), Arc::from(after));
            changed += 1;
        }
        Ok(if changed == 0 { 0 } else { made })
    }

    /// Adds fixes of a file to a plan, and says how many. Where the files refuse them together, those
    /// in the block that would change are set apart, with all others in it, until the rest goes: the
    /// fixes of a list often go together or not at all. What was set apart is tried by itself.
    fn grow<'d>(
        &self,
        plan: &mut EditPlan,
        wanted: &[Wanted<'d>],
        latitude: Latitude,
        refused: &mut Vec<(Wanted<'d>, String)>,
    ) -> usize {
        let mut rest = wanted.to_vec();
        let mut apart: Vec<Vec<Wanted>> = Vec::new();
        let mut made = loop {
            let unmeant = match self.grown(plan, &rest, latitude) {
                Ok(made) => break made,
                Err(unmeant) => unmeant,
            };
            let block = |at: usize| unmeant.tops.partition_point(|top| *top <= at);
            let of = |(_, fix): &Wanted| fix.edits.first().map_or(0, |edit| block(edit.span.start));
            // An edit can change what follows it, not what stands before.
            let last = unmeant.at.map(block).and_then(|bad| {
                let before = rest.iter().map(of).filter(|block| *block <= bad).max();
                before.or_else(|| rest.iter().map(of).min())
            });
            let Some(last) = last else {
                apart.push(std::mem::take(&mut rest));
                break 0;
            };
            let (bad, good) = rest.iter().copied().partition(|wanted| of(wanted) == last);
            apart.push(bad);
            rest = good;
        };
        for together in apart.into_iter().rev() {
            made += self.grow_apart(plan, &together, latitude, refused);
        }
        made
    }

    /// Adds fixes of a block to a plan: those of each rule together, then halves of them, down to
    /// the fixes that are to blame.
    fn grow_apart<'d>(
        &self,
        plan: &mut EditPlan,
        wanted: &[Wanted<'d>],
        latitude: Latitude,
        refused: &mut Vec<(Wanted<'d>, String)>,
    ) -> usize {
        let Some((first, _)) = wanted.first() else { return 0 };
        let why = match self.grown(plan, wanted, latitude) {
            Ok(made) => return made,
            Err(unmeant) => unmeant.why,
        };
        if let [one] = wanted {
            refused.push((*one, why));
            return 0;
        }
        let (of_rule, others): (Vec<Wanted>, Vec<Wanted>) =
            wanted.iter().copied().partition(|(diagnostic, _)| diagnostic.code == first.code);
        let (first, second) = match others.is_empty() {
            false => (of_rule.as_slice(), others.as_slice()),
            true => wanted.split_at(wanted.len() / 2),
        };
        self.grow_apart(plan, first, latitude, refused)
            + self.grow_apart(plan, second, latitude, refused)
    }

    /// Adds fixes to a plan, all or none.
    fn grown(
        &self,
        plan: &mut EditPlan,
        wanted: &[Wanted<'_>],
        latitude: Latitude,
    ) -> Result<usize, Unmeant> {
        if wanted.is_empty() {
            return Ok(0);
        }
        let mut grown = plan.clone();
        let mut files: BTreeSet<&SourcePath> = BTreeSet::new();
        let mut made = 0;
        for (_, fix) in wanted {
            if grown.add(fix) {
                files.extend(fix.edits.iter().map(|edit| &edit.span.file));
                made += 1;
            }
        }
        for (path, edits) in grown.files().filter(|(path, _)| files.contains(path)) {
            let before = self.overlay.read(path).map_err(|error| error.to_string())?;
            verified(path, &before, edits, latitude)?;
        }
        *plan = grown;
        Ok(made)
    }
}

#[cfg(test)]
mod tests;
