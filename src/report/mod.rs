//! [`crate::base::Diagnostic`] becomes text, one file per format.
