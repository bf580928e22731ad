//! Writes SVG: the one place where markup of pictures is made, so that every text in one is escaped and every
//! number is written alike on every machine.

use std::fmt::Write as _;

use crate::web::components::escaped;

/// Colours of the handbook: dark blue, turquoise, dark pink, orange, dark grey, light purple. Each stands at
/// least 3:1 against white; none is ever the only sign of anything.
pub const PALETTE: [&str; 6] = ["#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"];

/// Text that can be read on a colour of the palette.
#[must_use]
pub fn ink_on(colour: &str) -> &'static str {
    match colour {
        "#12436D" | "#801650" | "#3D3D3D" => "#FFFFFF",
        _ => "#0B0C0C",
    }
}

/// Black of GOV.UK.
pub const INK: &str = "#0B0C0C";
/// Lines that only guide the eye.
pub const GUIDE: &str = "#B1B4B6";

/// A picture in the making.
pub struct Drawing {
    body: String,
    width: f64,
    height: f64,
}

/// One element in the making.
pub struct Shape<'a> {
    drawing: &'a mut Drawing,
    name: &'static str,
    attributes: Vec<(String, String)>,
    words: Option<String>,
}

impl Drawing {
    /// An empty picture.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    /// Begins an element.
    pub fn shape(&mut self, name: &'static str) -> Shape<'_> {
        Shape { drawing: self, name, attributes: Vec::new(), words: None }
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64)) -> Shape<'_> {
        self.shape("line").at("x1", from.0).at("y1", from.1).at("x2", to.0).at("y2", to.1).set("stroke", INK)
    }

    /// A rectangle.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64) -> Shape<'_> {
        self.shape("rect").at("x", x).at("y", y).at("width", width).at("height", height)
    }

    /// Lines through points.
    pub fn path(&mut self, points: &[(f64, f64)], closed: bool) -> Shape<'_> {
        let mut d = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {} ", if at == 0 { "M" } else { "L" }, number(*x), number(*y));
        }
        if closed {
            d.push('Z');
        }
        self.shape("path").set("d", d.trim_end())
    }

    /// A text, with its baseline at `y`.
    pub fn text(&mut self, x: f64, y: f64, size: f64, text: &str) -> Shape<'_> {
        self.text_with(x, y, size, INK, text)
    }

    /// A text in a colour.
    pub fn text_with(&mut self, x: f64, y: f64, size: f64, colour: &str, text: &str) -> Shape<'_> {
        let mut shape = self.shape("text").at("x", x).at("y", y).at("font-size", size).set("fill", colour);
        shape.words = Some(escaped(text));
        shape
    }

    /// Opens a group with a title that pointing devices and screen readers can reach.
    pub fn open(&mut self, title: &str) {
        let _ = write!(self.body, "<g><title>{}</title>", escaped(title));
    }

    /// Closes the group opened last.
    pub fn close(&mut self) {
        self.body.push_str("</g>");
    }

    /// Makes the picture taller or wider.
    pub fn grow(&mut self, width: f64, height: f64) {
        self.width = self.width.max(width);
        self.height = self.height.max(height);
    }

    /// The whole picture, named by a title and described by a text.
    #[must_use]
    pub fn finish(self, id: &str, title: &str, description: &str) -> String {
        let (id, width, height) = (escaped(id), number(self.width), number(self.height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tl-svg\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"Helvetica Neue, Helvetica, Arial, sans-serif\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>{}</svg>",
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

impl Shape<'_> {
    /// Sets a number.
    #[must_use]
    pub fn at(self, name: &str, value: f64) -> Self {
        self.set(name, &number(value))
    }

    /// Sets a text, in place of one set before.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Puts the element into the picture.
    pub fn draw(self) {
        let body = &mut self.drawing.body;
        let _ = write!(body, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(body, " {name}=\"{}\"", escaped(value));
        }
        let _ = match self.words {
            Some(words) => write!(body, ">{words}</{}>", self.name),
            None => write!(body, "/>"),
        };
    }
}

/// A number with at most one decimal, never `-0`.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// A text cut to so many characters, with a sign that it was cut.
#[must_use]
pub fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        let mut drawing = Drawing::new(10.0, 10.0);
        drawing.open("<script>");
        drawing.text(1.0, 2.04, 3.0, "\"></text><script>").set("text-anchor", "\"middle").draw();
        drawing.close();
        let svg = drawing.finish("a", "<b>", "'x'");
        assert!(!svg.contains("<script>") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("y=\"2\" font-size=\"3\""), "{svg}");
        assert!(svg.contains("text-anchor=\"&quot;middle\">&quot;&gt;"), "{svg}");
    }

    #[test]
    fn cuts_whole_letters() {
        assert_eq!(cut("Ægisdóttir", 20), "Ægisdóttir");
        assert_eq!(cut("Ægisdóttir", 5), "Ægis…");
    }
}
