//! Bytes that events speak of.

use git2::Oid;

use super::{Store, StoreError};

impl Store {
    /// Keeps some bytes as a blob of git, and says its id. Only an event that names it keeps it from
    /// git's clean-up.
    ///
    /// # Errors
    /// When git cannot write it.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, StoreError> {
        Ok(self.repository.blob(bytes)?.to_string())
    }

    /// The bytes of a blob; none where they are not here.
    pub fn blob(&self, id: &str) -> Option<Vec<u8>> {
        let blob = self.repository.find_blob(Oid::from_str(id).ok()?).ok()?;
        Some(blob.content().to_vec())
    }
}
