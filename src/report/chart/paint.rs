//! Painting: a scene through plotters' back-ends, as SVG or as PNG.

use std::io::{self, Write};

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};

use super::font;
use super::palette::Ink;
use super::scene::{Anchor, Area, HEIGHT, Item, Scene, Type, WIDTH};

/// The fonts that an SVG asks for, best first.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// plotters multiplies the size of a font by this before it calls it one.
const FONT_FACTOR: f64 = 1.24;

/// How far below the given height plotters puts the baseline of an SVG text, in ems.
const SVG_BASELINE: f64 = 0.76;

const PAGE: Area = Area::new(0, 0, WIDTH, HEIGHT);

fn colour(ink: Ink) -> RGBAColor {
    RGBColor(ink.rgb.0, ink.rgb.1, ink.rgb.2).mix(ink.alpha)
}

fn shape(ink: Ink, width: u32) -> ShapeStyle {
    ShapeStyle { color: colour(ink), filled: true, stroke_width: width }
}

fn fill<B: DrawingBackend<ErrorType: 'static>>(backend: &mut B, area: Area, ink: Ink) -> io::Result<()> {
    let style = shape(ink, 1);
    backend.draw_rect((area.left, area.top), (area.right, area.bottom), &style, true).map_err(io::Error::other)
}

/// Paints a scene as SVG.
pub(super) fn svg(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, (WIDTH as u32, HEIGHT as u32));
        fill(&mut backend, PAGE, Ink::WHITE)?;
        for item in &scene.items {
            match item {
                Item::Fill(area, ink) => fill(&mut backend, *area, *ink)?,
                Item::Disc { x, y, radius, ink } => {
                    backend.draw_circle((*x, *y), *radius as u32, &shape(*ink, 1), true).map_err(io::Error::other)?;
                }
                Item::Steps { points, width, ink } => {
                    let style = shape(*ink, *width);
                    backend.draw_path(points.iter().copied(), &style).map_err(io::Error::other)?;
                }
                Item::Line { from, to, width, ink } => {
                    backend.draw_line(*from, *to, &shape(*ink, *width)).map_err(io::Error::other)?;
                }
                Item::Text { text, x, y, kind } => {
                    let top = y - (SVG_BASELINE * kind.size).round() as i32;
                    backend.draw_text(text, &text_style(*kind), (*x, top)).map_err(io::Error::other)?;
                }
            }
        }
        backend.present().map_err(io::Error::other)?;
    }
    out.write_all(text.as_bytes())
}

fn text_style(kind: Type) -> TextStyle<'static> {
    let at = match kind.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
    TextStyle {
        font: FontDesc::new(FontFamily::Name(FAMILY), kind.size * FONT_FACTOR, style),
        color: colour(kind.ink).to_backend_color(),
        pos: Pos::new(at, VPos::Top),
    }
}

/// Paints a scene as PNG.
pub(super) fn png(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let mut pixels = vec![0; (WIDTH * HEIGHT * 3) as usize];
    {
        let mut backend = BitMapBackend::with_buffer(&mut pixels, (WIDTH as u32, HEIGHT as u32));
        fill(&mut backend, PAGE, Ink::WHITE)?;
        for item in &scene.items {
            match item {
                Item::Fill(area, ink) if ink.alpha < 1.0 => tint(&mut backend, *area, *ink)?,
                Item::Fill(area, ink) => fill(&mut backend, *area, *ink)?,
                Item::Disc { x, y, radius, ink } => disc(&mut backend, (*x, *y), *radius, *ink)?,
                Item::Steps { points, width, ink } => {
                    for pair in points.windows(2) {
                        fill(&mut backend, stroke(pair[0], pair[1], *width as i32), *ink)?;
                    }
                }
                Item::Line { from, to, width, ink } => {
                    backend.draw_line(*from, *to, &shape(*ink, *width)).map_err(io::Error::other)?;
                }
                Item::Text { text, x, y, kind } => letters(&mut backend, text, *x, *y, *kind)?,
            }
        }
        backend.present().map_err(io::Error::other)?;
    }
    let mut encoder = png::Encoder::new(out, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Large flat areas: rows repeat, and a filter would only hide that.
    encoder.set_filter(png::FilterType::NoFilter);
    encoder.set_compression(png::Compression::Default);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    Ok(writer.finish()?)
}

/// Fills a box with a colour that lets the ground shine through. plotters' own way rounds the last pixels of a row
/// differently from the others, which shows as stripes.
fn tint(backend: &mut BitMapBackend<'_>, area: Area, ink: Ink) -> io::Result<()> {
    let pixel = colour(ink).to_backend_color();
    for y in area.top..area.bottom {
        for x in area.left..area.right {
            backend.draw_pixel((x, y), pixel).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Fills a disc, its edge softened: plotters' own has corners.
fn disc(backend: &mut BitMapBackend<'_>, (x, y): (i32, i32), radius: i32, ink: Ink) -> io::Result<()> {
    for dy in -radius - 1..=radius + 1 {
        for dx in -radius - 1..=radius + 1 {
            let away = f64::from(dx * dx + dy * dy).sqrt();
            let cover = (f64::from(radius) + 0.5 - away).clamp(0.0, 1.0);
            let pixel = colour(ink.alpha(ink.alpha * cover)).to_backend_color();
            if cover > 0.0 {
                backend.draw_pixel((x + dx, y + dy), pixel).map_err(io::Error::other)?;
            }
        }
    }
    Ok(())
}

/// The box that a level or upright stroke covers.
fn stroke(a: (i32, i32), b: (i32, i32), width: i32) -> Area {
    let (left, right) = (a.0.min(b.0) - width / 2, a.0.max(b.0) - width / 2 + width);
    let (top, bottom) = (a.1.min(b.1) - width / 2, a.1.max(b.1) - width / 2 + width);
    Area::new(left, top, right, bottom)
}

/// plotters' own bitmap text forgets the space before each glyph; this one does not.
fn letters(backend: &mut BitMapBackend<'_>, text: &str, x: i32, y: i32, kind: Type) -> io::Result<()> {
    let width = font::width(text, kind.size, kind.bold);
    let start = match kind.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => width / 2.0,
        Anchor::End => width,
    };
    let mut result = Ok(());
    font::draw(text, kind.size, kind.bold, f64::from(x) - start, f64::from(y), |px, py, cover| {
        let pixel = colour(kind.ink.alpha(kind.ink.alpha * cover)).to_backend_color();
        if let Err(error) = backend.draw_pixel((px, py), pixel) {
            result = Err(io::Error::other(error));
        }
    });
    result
}
