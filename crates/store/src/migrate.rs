//! Brings an area's tables to the version this program knows, one numbered step per transaction: a kill in
//! between leaves a whole earlier version, and the next start goes on from there.

use crate::error::StoreError;
use crate::meta;
use crate::sqlite::Link;

/// Applies the migrations that are not yet applied.
pub(crate) fn migrate(link: &Link, migrations: &[&[&str]]) -> Result<(), StoreError> {
    let known = migrations.len() as u64;
    let found = meta::schema(link)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (number, steps) in (1_u64..).zip(migrations) {
        if number <= found {
            continue;
        }
        link.write(|| {
            // Another process may have been quicker.
            if meta::schema(link)? >= number {
                return Ok(());
            }
            steps.iter().try_for_each(|step| link.define(step))?;
            meta::put(link, meta::SCHEMA, &number.to_string())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::CREATE_META;

    const ONE: &[&str] = &["CREATE TABLE a (x {number})"];
    const TWO: &[&str] = &["CREATE TABLE b (x {number})", "ALTER TABLE a ADD COLUMN y {text}"];
    const BAD: &[&str] = &["CREATE TABLE c (x {number})", "CREATE TABLE a (x {number})"];

    fn link() -> (tempfile::TempDir, Link) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::File::create(&path).unwrap();
        let link = Link::make(&path).unwrap();
        link.define(CREATE_META).unwrap();
        (folder, link)
    }

    #[test]
    fn goes_on_from_where_it_stands() {
        let (_folder, link) = link();
        migrate(&link, &[ONE]).unwrap();
        migrate(&link, &[ONE, TWO]).unwrap();
        migrate(&link, &[ONE, TWO]).unwrap();
        assert_eq!(meta::schema(&link).unwrap(), 2);
        link.run("INSERT INTO a (x, y) VALUES (1, 'z')", &[]).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let (_folder, link) = link();
        assert!(migrate(&link, &[ONE, BAD]).is_err());
        assert_eq!(meta::schema(&link).unwrap(), 1);
        link.define("CREATE TABLE c (x {number})").unwrap();
    }

    #[test]
    fn does_not_touch_a_newer_area() {
        let (_folder, link) = link();
        migrate(&link, &[ONE, TWO]).unwrap();
        assert!(matches!(migrate(&link, &[ONE]), Err(StoreError::Newer { found: 2, known: 1 })));
    }
}
