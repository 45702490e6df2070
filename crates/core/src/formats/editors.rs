//! Putting credentials into existing files, and taking them out: which format is whose.

use super::*;

pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    Ok(Rendered::from(match format {
        Format::Dotenv | Format::Gitlab => return dotenv::edit(text, format, c, o),
        Format::Netrc => return netrc::edit(text, c, o),
        Format::Pip => return pip::edit(text, c, o),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => npmrc::edit(text, format, c, o)?,
        Format::Gradle | Format::Sbt => properties::edit(text, format, c, o)?,
        Format::GradleInit => gradle_init::edit(text, o)?,
        Format::Bazel => bazel::edit(text, o)?,
        Format::Bunfig | Format::BunfigEnv => bunfig::edit(text, format, c, o)?,
        Format::Dependabot => dependabot::edit(text, o)?,
        Format::Maven | Format::MavenEnv => maven::edit(text, format, c, o)?,
        Format::Renovate => renovate::edit(text, o)?,
        Format::Uv => uv::edit(text, c, o)?,
        Format::Yarnrc | Format::YarnrcEnv => yarnrc::edit(text, format, c, o)?,
        Format::Poetry => poetry::edit(text, c, o)?,
        _ => return Err(not_editable(format)),
    }))
}

pub(super) fn remove(text: &str, format: Format, o: &RenderOptions) -> Result<Secret> {
    match format {
        Format::Dotenv | Format::Gitlab => dotenv::remove(text, o),
        Format::Netrc => netrc::remove(text, o),
        Format::Pip => Ok(pip::remove(text, o)),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => Ok(npmrc::remove(text, o)),
        Format::Gradle | Format::Sbt => properties::remove(text, format, o),
        Format::GradleInit => gradle_init::remove(text),
        Format::Bazel => bazel::remove(text, o),
        Format::Bunfig | Format::BunfigEnv => bunfig::remove(text, format, o),
        Format::Dependabot => dependabot::remove(text, o),
        Format::Maven | Format::MavenEnv => maven::remove(text, o),
        Format::Renovate => renovate::remove(text, o),
        Format::Uv => uv::remove(text, o),
        Format::Yarnrc | Format::YarnrcEnv => yarnrc::remove(text, format, o),
        Format::Poetry => poetry::remove(text, o),
        _ => Err(not_editable(format)),
    }
}
