//! The fragments of the search's batches are put in their places: as they stand there, as another version
//! has them, or made.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::Prepared;
use super::search::{MadeBatch, SearchBatch, Target};
use super::versions::Twins;
use crate::base::SitePath;
use crate::memo::{Fingerprint, Key, Stage, Stamp};
use crate::output::{self, Content, FileRecord, WriteError, Writer};
use crate::search::{self, Fragment};

impl Prepared<'_> {
    /// Puts the fragments of a batch, the first of which has this number in the site.
    pub(super) fn put_fragments(
        &self,
        of: &SearchBatch,
        made: &MadeBatch,
        first: usize,
        target: Target<'_>,
    ) -> Result<(), WriteError> {
        let mut key = Fingerprint::new("fragment files");
        key.hash(of.key.hash()).bytes(&first.to_le_bytes());
        let key = Key::new(Stage::Search, key.finish());
        let fragments = {
            let mut fragments = made.fragments.lock().unwrap_or_else(PoisonError::into_inner);
            // The next version may want them too.
            let several = self.version.is_some_and(|version| version.twins.keeps());
            if several { fragments.clone() } else { fragments.take() }
        };
        if let (Target::Site(writer), None) = (target, &fragments)
            && let Some(standing) = self.standing_fragments(&key, made, first, writer)
        {
            return standing
                .into_iter()
                .try_for_each(|(path, standing)| writer.keep(&path, standing));
        }
        if let (Target::Site(writer), None, Some(version)) = (target, &fragments, self.version)
            && let Some(twins) = self.fragment_twins(&key, made, first, version.twins)
        {
            let missing = |path: &SitePath, twin: &Path, record: &FileRecord| {
                Ok::<_, WriteError>(!writer.stage_twin(path, twin, record)?)
            };
            let mut made: Option<Vec<Fragment>> = None;
            for (at, (path, twin, record)) in twins.iter().enumerate() {
                if missing(path, twin, record)? {
                    // Somebody has changed the file of the other version meanwhile.
                    let made =
                        made.get_or_insert_with(|| search::fragments(&self.indexed_pages(of)));
                    let Some(fragment) = made.get(at) else { continue };
                    let file = fragment.file(first + at);
                    writer.stage(path, Content::Bytes(file.text.as_bytes()))?;
                }
            }
            return Ok(());
        }
        let fragments =
            fragments.unwrap_or_else(|| search::fragments(&self.indexed_pages(of)).into());
        let Target::Site(writer) = target else {
            let mut files = fragments.iter().zip(first..).map(|(fragment, at)| fragment.file(at));
            return files.try_for_each(|file| target.put(file));
        };
        let mut records = Vec::with_capacity(fragments.len());
        for (fragment, number) in fragments.iter().zip(first..) {
            let file = fragment.file(number);
            let Some(path) = output::search_path(&file.name) else { continue };
            records.push(writer.stage(&path, Content::Bytes(file.text.as_bytes()))?);
        }
        if let (Ok(bytes), false) = (postcard::to_allocvec(&records), self.inputs.moved()) {
            self.memo.put(&key, &bytes);
        }
        Ok(())
    }

    /// The files of fragments, where all of them stand in their places.
    fn standing_fragments(
        &self,
        key: &Key,
        made: &MadeBatch,
        first: usize,
        writer: &Writer,
    ) -> Option<Vec<(SitePath, (FileRecord, Stamp))>> {
        let records: Vec<FileRecord> = postcard::from_bytes(&self.memo.get(key)?).ok()?;
        let names = made.batch.fragments();
        if records.len() != names.len() {
            return None;
        }
        let standing = names.iter().zip(first..).zip(&records).map(|((name, number), record)| {
            let path = output::search_path(&name.file_name(number))?;
            let standing = writer.stands(&path, &record.hash)?;
            Some((path, standing))
        });
        standing.collect()
    }

    /// The files of fragments in other versions, where these have all of them.
    fn fragment_twins(
        &self,
        key: &Key,
        made: &MadeBatch,
        first: usize,
        twins: &Twins,
    ) -> Option<Vec<(SitePath, Arc<Path>, FileRecord)>> {
        let records: Vec<FileRecord> = postcard::from_bytes(&self.memo.get(key)?).ok()?;
        let names = made.batch.fragments();
        if records.len() != names.len() {
            return None;
        }
        let files = names.iter().zip(first..).zip(records).map(|((name, number), record)| {
            let path = output::search_path(&name.file_name(number))?;
            Some((path, twins.find(&record.hash)?, record))
        });
        files.collect()
    }
}
