//! The GOV.UK and Ministry of Justice components, as their packages make them. No component's markup is
//! written here: the packages' own macros run, and their own examples are the test.

#[cfg(test)]
mod conformance;
mod njk;
mod options;
mod shim;

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind};
use rust_embed::RustEmbed;

pub use shim::{escaped, format};

/// Component templates of both packages.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/dist/packages"]
struct Packages;

/// Every component of both packages, parsed once.
pub struct Components {
    env: Environment<'static>,
    options: options::Known,
    macros: BTreeMap<String, String>,
}

impl Components {
    /// Parses every template of the packages.
    ///
    /// # Errors
    /// When a template of a package cannot be read as minijinja reads it.
    pub fn load() -> Result<Self, Error> {
        let mut env = Environment::new();
        shim::prepare(&mut env)?;
        env.set_path_join_callback(join);
        let mut macros = BTreeMap::new();
        for path in Packages::iter().filter(|path| path.ends_with(".njk") && !path.ends_with("/template.njk"))
        {
            let source = text(&path)?;
            macros.extend(njk::macro_name(&source).map(|name| (path.to_string(), name.to_owned())));
            let template =
                path.strip_suffix("/macro.njk").map(|folder| text(&format!("{folder}/template.njk")));
            let source = match template {
                _ if path == "govuk/macros/attributes.njk" => {
                    "{% set govukAttributes = govuk_attributes %}".to_owned()
                }
                Some(template) => njk::component(&source, &template?),
                None => njk::translate(&source),
            };
            env.add_template_owned(path.to_string(), source)?;
        }
        Ok(Self { env, options: options::Known::load()?, macros })
    }

    /// The name of every component, as templates call it.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.macros.keys().filter_map(|path| {
            let (package, rest) = path.split_once('/')?;
            let folder = rest.strip_prefix("components/")?.strip_suffix("/macro.njk")?;
            let words = folder.split('-').map(crate::web::shown::sentence_case);
            Some(format!("{package}{}", words.collect::<String>()))
        })
    }

    /// Renders one component: `render("govukTag", {text: "Late"})`.
    ///
    /// # Errors
    /// When there is no such component, an option is not one of its options, or its template fails.
    pub fn render(&self, name: &str, params: &Value) -> Result<String, Error> {
        let (package, folder) = home_of(name)?;
        self.options.check(&format!("{package}/components/{folder}"), name, params)?;
        self.make(name, params)
    }

    /// Renders one component with whatever options it is given.
    fn make(&self, name: &str, params: &Value) -> Result<String, Error> {
        let (package, folder) = home_of(name)?;
        let path = format!("{package}/components/{folder}/macro.njk");
        let called = self.macros.get(&path).map_or(name, String::as_str);
        let template = self.env.get_template(&path)?;
        let mut module = template.render_captured(())?;
        module.with_state_mut(|state| state.call_macro(called, std::slice::from_ref(params)))
    }
}

/// Package and folder of a macro: `govukPhaseBanner` lives in `govuk`, `phase-banner`.
fn home_of(name: &str) -> Result<(&'static str, String), Error> {
    let (package, rest) = ["govuk", "moj"]
        .into_iter()
        .find_map(|package| name.strip_prefix(package).map(|rest| (package, rest)))
        .ok_or_else(|| Error::new(ErrorKind::UnknownFunction, format!("there is no component `{name}`")))?;
    let mut folder = String::new();
    for c in rest.chars() {
        if c.is_ascii_uppercase() && !folder.is_empty() {
            folder.push('-');
        }
        folder.push(c.to_ascii_lowercase());
    }
    Ok((package, folder))
}

fn text(path: &str) -> Result<String, Error> {
    let file = Packages::get(path)
        .ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, format!("the packages have no `{path}`")))?;
    Ok(String::from_utf8_lossy(&file.data).into_owned())
}

/// Finds `../tag/macro.njk` beside the template that asks for it; other names start at the packages' root.
fn join<'a>(name: &'a str, parent: &str) -> Cow<'a, str> {
    if !name.starts_with('.') {
        return Cow::Borrowed(name);
    }
    let mut parts: Vec<&str> = parent.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    Cow::Owned(parts.join("/"))
}
