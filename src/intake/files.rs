//! Which files a path means, and what they are called: the last folder and the file name, because that is
//! how agencies deliver and how rows are named ever after.

use std::path::{Path, PathBuf};

use super::IntakeError;

/// A file to take in.
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// `folder/name.csv`.
    pub name: String,
}

/// An invented area keeps its answers beside the exports; they are never a feed.
const ANSWERS: &str = "truth";

/// Every file under the paths, in a fixed order.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, IntakeError> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, &mut found)?;
    }
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<Found>) -> Result<(), IntakeError> {
    let unreadable = |source| IntakeError::Path { path: path.display().to_string(), source };
    let kind = std::fs::metadata(path).map_err(unreadable)?;
    if kind.is_file() {
        found.push(Found { path: path.to_owned(), name: name_of(path) });
        return Ok(());
    }
    let mut inside = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    inside.sort();
    for entry in inside {
        let name = entry.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let is_answers = entry.is_dir() && name == ANSWERS;
        if !is_answers && !name.starts_with('.') {
            collect(&entry, found)?;
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file = whole.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match whole.parent().and_then(Path::file_name) {
        Some(folder) => format!("{}/{file}", folder.to_string_lossy()),
        None => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_exports_and_leaves_the_answers() {
        let area = tempfile::tempdir().unwrap();
        for (folder, file) in
            [("police", "incidents.csv"), ("truth", "incidents.csv"), ("housing", "contacts.csv")]
        {
            std::fs::create_dir_all(area.path().join(folder)).unwrap();
            std::fs::write(area.path().join(folder).join(file), "x").unwrap();
        }
        let names: Vec<_> = find(&[area.path().to_owned()]).unwrap().into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["housing/contacts.csv", "police/incidents.csv"]);
    }

    #[test]
    fn a_missing_path_is_named() {
        let error = find(&[PathBuf::from("/no/such/folder")]).err().unwrap().to_string();
        assert!(error.contains("/no/such/folder"), "{error}");
    }
}
