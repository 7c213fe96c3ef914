//! Packages of Vale: archives and folders that bring styles, vocabularies and configuration.
//!
//! A package is a folder of rules (`Google/*.yml`), or a whole configuration: a folder with
//! `styles/`, a `.vale.ini`, or both. Everything is read into memory and checked before anybody
//! writes it: what is in a package is data from a stranger.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::ini;
use crate::base::{SourcePath, Span};

/// More files are refused.
const MOST_FILES: usize = 10_000;
/// A larger file is refused.
const MOST_BYTES: u64 = 32 << 20;
/// More bytes in all are refused.
const MOST_BYTES_IN_ALL: u64 = 128 << 20;

/// The folders of `config` whose entries are put beside those that are there.
const SHARED: [&str; 6] =
    ["actions", "dictionaries", "filters", "scripts", "templates", "vocabularies"];

/// What a configuration says about packages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageConfig {
    /// `StylesPath`, as it is written; the last one counts.
    pub styles: Option<(String, Span)>,
    /// `Packages`, in order.
    pub packages: Vec<(String, Span)>,
}

impl PackageConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// Where it cannot be read, and why.
    pub fn read(path: &SourcePath, text: &str) -> Result<PackageConfig, (Span, String)> {
        let ini = ini::parse(text)
            .map_err(|bad| (Span::new(path.clone(), bad.at), bad.message.to_owned()))?;
        let mut config = PackageConfig::default();
        for entry in ini.sections.first().map(|top| top.entries.as_slice()).unwrap_or_default() {
            let span = Span::new(path.clone(), entry.value_at.clone());
            match entry.key.as_str() {
                "StylesPath" => config.styles = Some((entry.value.clone(), span)),
                "Packages" => {
                    let names = entry.value.split(',').map(str::trim);
                    let names = names.filter(|name| !name.is_empty());
                    config.packages.extend(names.map(|name| (name.to_owned(), span.clone())));
                }
                _ => {}
            }
        }
        Ok(config)
    }
}

/// What a package holds, with its own folder at the top of the paths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageFiles {
    files: BTreeMap<SourcePath, Vec<u8>>,
    /// Paths in lower case: some file systems know no capitals.
    folded: BTreeSet<String>,
    bytes: u64,
}

impl PackageFiles {
    /// Takes a file in. Those of Git and of file managers are left out.
    ///
    /// # Errors
    /// Why it is refused, and with it the package.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), String> {
        let checked = checked(path)?;
        if is_left_out(&checked) {
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if bytes.len() as u64 > MOST_BYTES || self.bytes > MOST_BYTES_IN_ALL {
            return Err(too_large());
        }
        if self.files.len() >= MOST_FILES {
            return Err(format!("it holds more than {MOST_FILES} files"));
        }
        if !self.folded.insert(checked.as_str().to_lowercase()) {
            return Err(format!("it holds `{checked}` twice"));
        }
        self.files.insert(checked, bytes);
        Ok(())
    }

    /// How many bytes a file may have that is still to be read, and one more.
    pub fn room(&self) -> u64 {
        MOST_BYTES.min(MOST_BYTES_IN_ALL.saturating_sub(self.bytes)) + 1
    }

    /// Reads a zip archive.
    ///
    /// # Errors
    /// Why it is refused: it is none, is damaged or encrypted, holds links, paths that lead out of
    /// it, or too much.
    pub fn unzip(bytes: &[u8]) -> Result<PackageFiles, String> {
        let unreadable = |error: zip::result::ZipError| format!("it is no zip archive: {error}");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        if archive.len() > MOST_FILES {
            return Err(format!("it holds more than {MOST_FILES} files"));
        }
        let mut files = PackageFiles::default();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
            let name = entry.name().map_err(|error| error.to_string())?.into_owned();
            let kind = entry.unix_mode().unwrap_or_default() & 0o170_000;
            if entry.encrypted() {
                return Err(format!("`{name}` is encrypted"));
            }
            if entry.is_symlink() || !matches!(kind, 0 | 0o100_000 | 0o040_000) {
                return Err(format!("`{name}` is a link, or no file at all"));
            }
            if entry.is_dir() {
                checked(name.trim_end_matches('/'))?;
                continue;
            }
            // What the archive says about the size need not be true, so it is not believed.
            let mut content = Vec::new();
            let limit = files.room();
            if entry.size() >= limit {
                return Err(too_large());
            }
            let read = entry.by_ref().take(limit).read_to_end(&mut content);
            read.map_err(|error| format!("`{name}` is damaged: {error}"))?;
            files.add(&name, content)?;
        }
        Ok(files)
    }

    /// The folder of the package: the one of its name, else the only one that there is.
    fn root(&self, name: &str) -> Result<String, String> {
        let tops: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|path| path.as_str().split_once('/').map(|(top, _)| top))
            .collect();
        match tops.iter().next() {
            _ if tops.contains(name) => Ok(name.to_owned()),
            Some(top) if tops.len() == 1 => Ok((*top).to_owned()),
            _ => Err(format!("it holds no folder `{name}`")),
        }
    }
}

fn too_large() -> String {
    let (one, all) = (MOST_BYTES >> 20, MOST_BYTES_IN_ALL >> 20);
    format!("it is too large: a file of more than {one} MiB, or more than {all} MiB in all")
}

/// A path that stays where it belongs on every system.
fn checked(path: &str) -> Result<SourcePath, String> {
    let checked = SourcePath::new(path).map_err(|error| error.to_string())?;
    let is_odd = |c: char| c.is_control() || matches!(c, ':' | '<' | '>' | '"' | '|' | '?' | '*');
    if checked.is_root() || path.contains(is_odd) {
        return Err(format!("`{path}` is not a portable path"));
    }
    Ok(checked)
}

/// Hidden files, but for the configuration, and what file managers leave behind.
fn is_left_out(path: &SourcePath) -> bool {
    let hidden = |part: &str| part.starts_with('.') && part != ".vale.ini";
    path.as_str().split('/').any(|part| hidden(part) || part == "__MACOSX")
}

/// No package takes the place of a project's own vocabularies, whatever capitals it writes.
fn is_style(name: &str) -> Result<(), String> {
    match name.eq_ignore_ascii_case("config") {
        true => Err(format!("a style cannot be called `{name}`")),
        false => Ok(()),
    }
}

/// What is put into a styles folder. Each unit, a file or a folder, takes the place of the one of
/// its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Installation {
    /// Units with their files: by the path of the unit, then by that of the file, both seen from
    /// the styles folder.
    pub units: BTreeMap<SourcePath, BTreeMap<SourcePath, Vec<u8>>>,
}

impl Installation {
    /// Adds a package as the `index`th of its configuration, and returns what its own
    /// configuration says about packages.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn add(
        &mut self,
        name: &str,
        index: usize,
        package: &PackageFiles,
    ) -> Result<PackageConfig, String> {
        let root = package.root(name)?;
        let below = |path: &SourcePath| -> Option<String> {
            Some(path.as_str().strip_prefix(&root)?.strip_prefix('/')?.to_owned())
        };
        let files: Vec<(String, &Vec<u8>)> =
            package.files.iter().filter_map(|(path, bytes)| Some((below(path)?, bytes))).collect();
        let config = files.iter().find(|(path, _)| path == ".vale.ini").map(|(_, bytes)| *bytes);
        let is_whole =
            config.is_some() || files.iter().any(|(path, _)| path.starts_with("styles/"));
        if !is_whole && !files.iter().any(|(path, _)| path.ends_with(".yml")) {
            return Err("it holds neither rules nor a configuration".to_owned());
        }
        let mut units: BTreeMap<SourcePath, BTreeMap<SourcePath, Vec<u8>>> = BTreeMap::new();
        let mut put = |unit: &str, path: &str, bytes: &[u8]| -> Result<(), String> {
            let (unit, path) = (checked(unit)?, checked(path)?);
            units.entry(unit).or_default().insert(path, bytes.to_vec());
            Ok(())
        };
        for (path, bytes) in &files {
            if !is_whole {
                is_style(&root)?;
                put(&root, &format!("{root}/{path}"), bytes)?;
                continue;
            }
            let Some(path) = path.strip_prefix("styles/") else { continue };
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["config", kind, entry, ..] if SHARED.contains(kind) => {
                    put(&format!("config/{kind}/{entry}"), path, bytes)?;
                }
                ["config", ..] | [] => {}
                [style, ..] => {
                    is_style(style)?;
                    put(style, path, bytes)?;
                }
            }
        }
        let mut nested = PackageConfig::default();
        if let Some(bytes) = config {
            let file = checked(&format!(".vale-config/{index}-{name}.ini"))?;
            let text = String::from_utf8_lossy(bytes);
            nested = PackageConfig::read(&file, &text)
                .map_err(|(_, why)| format!("its `.vale.ini` cannot be read: {why}"))?;
            put(file.as_str(), file.as_str(), bytes)?;
        }
        self.units.append(&mut units);
        Ok(nested)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn installed(name: &str, files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let package = PackageFiles::unzip(&zipped(files))?;
        let mut installation = Installation::default();
        installation.add(name, 3, &package)?;
        let shown = installation.units.iter().map(|(unit, files)| {
            let files: Vec<&str> = files.keys().map(SourcePath::as_str).collect();
            format!("{unit}: {}", files.join(" "))
        });
        Ok(shown.collect())
    }

    #[test]
    fn a_folder_of_rules_is_a_style() {
        let files = [("House/A.yml", "x"), ("House/sub/B.yml", "y"), ("House/.git/config", "z")];
        assert_eq!(installed("House", &files).unwrap(), ["House: House/A.yml House/sub/B.yml"]);
        // An archive that is called otherwise than the style in it.
        assert_eq!(installed("house-2.0", &files).unwrap(), ["House: House/A.yml House/sub/B.yml"]);
        let none = installed("House", &[("House/README.md", "x")]);
        assert_eq!(none, Err("it holds neither rules nor a configuration".to_owned()));
        let config = installed("Config", &[("Config/A.yml", "x")]);
        assert_eq!(config, Err("a style cannot be called `Config`".to_owned()));
        let flat = installed("House", &[("A.yml", "x")]);
        assert_eq!(flat, Err("it holds no folder `House`".to_owned()));
    }

    #[test]
    fn a_whole_configuration_is_put_beside_what_is_there() {
        let ini = "StylesPath = styles\nPackages = Other, https://a.example/B.zip\n";
        let files = [
            ("P/.vale.ini", ini),
            ("P/README.md", "x"),
            ("P/styles/One/A.yml", "x"),
            ("P/styles/One/.vale-config/0-x.ini", "x"),
            ("P/styles/config/vocabularies/V/accept.txt", "x"),
            ("P/styles/config/dictionaries/d.dic", "x"),
            ("P/styles/config/other.txt", "x"),
        ];
        assert_eq!(
            installed("P", &files).unwrap(),
            [
                ".vale-config/3-P.ini: .vale-config/3-P.ini",
                "One: One/A.yml",
                "config/dictionaries/d.dic: config/dictionaries/d.dic",
                "config/vocabularies/V: config/vocabularies/V/accept.txt",
            ]
        );
        let package = PackageFiles::unzip(&zipped(&files)).unwrap();
        let nested = Installation::default().add("P", 0, &package).unwrap();
        let names: Vec<String> = nested.packages.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Other", "https://a.example/B.zip"]);
    }

    #[test]
    fn nothing_leads_out_and_nothing_is_a_link() {
        for name in ["../A.yml", "/A.yml", "P/../../A.yml", "P\\A.yml", "C:/A.yml", "P//A.yml"] {
            assert!(installed("P", &[(name, "x")]).is_err(), "{name}");
        }
        let twice = installed("P", &[("P/a.yml", "x"), ("P/A.yml", "y")]);
        assert_eq!(twice, Err("it holds `P/A.yml` twice".to_owned()));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("P/A.yml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let link = PackageFiles::unzip(&zip.finish().unwrap().into_inner());
        assert_eq!(link, Err("`P/A.yml` is a link, or no file at all".to_owned()));
        assert!(PackageFiles::unzip(b"nothing").is_err());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let zeros = "\0".repeat((MOST_BYTES + 1) as usize);
        assert_eq!(installed("P", &[("P/A.yml", &zeros)]), Err(too_large()));
        // The archive says that the file is small.
        let bytes = zipped(&[("P/A.yml", &zeros)]);
        let size = ((MOST_BYTES + 1) as u32).to_le_bytes();
        let mut lying = bytes.clone();
        let at: Vec<usize> =
            (0..bytes.len() - 4).filter(|at| bytes.get(*at..at + 4) == Some(&size)).collect();
        assert!(!at.is_empty());
        for at in at {
            lying[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
        }
        assert!(PackageFiles::unzip(&lying).is_err());
        let many: Vec<String> = (0..=MOST_FILES).map(|n| format!("P/{n}.yml")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
        assert!(installed("P", &many).is_err());
    }
}
