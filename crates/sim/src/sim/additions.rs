//! What a test adds to a running simulator's world.

use super::{Organization, PullToken, Sim};
use crate::builder::StartError;
use crate::spec::{IdentitySpec, OrganizationSpec};
use crate::world::Uidp;

impl Sim {
    /// Adds an organisation.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn add_organization(&self, spec: OrganizationSpec) -> Result<Organization, StartError> {
        let id = self.shared.add_organization(&spec).map_err(StartError)?;
        Ok(Organization { id: id.to_string(), name: spec.name })
    }

    /// Adds a folder below an organisation and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such parent.
    pub fn add_folder(&self, parent: &str, name: &str) -> Result<String, StartError> {
        let parent = parse(parent)?;
        self.shared.add_folder(&parent, name).map(|id| id.to_string()).map_err(StartError)
    }

    /// Adds an entitlement, by the ecosystem's enum name.
    ///
    /// # Errors
    ///
    /// When there is no such organisation.
    pub fn add_entitlement(&self, organization: &str, ecosystem: &str) -> Result<(), StartError> {
        self.shared.add_entitlement(&parse(organization)?, ecosystem).map_err(StartError)
    }

    /// Adds identities and gives their ids.
    ///
    /// # Errors
    ///
    /// When the spec names a role or an id that is not there.
    pub fn add_identities(&self, spec: IdentitySpec) -> Result<Vec<String>, StartError> {
        let ids = self.shared.add_identities(&spec, &self.example).map_err(StartError)?;
        Ok(ids.iter().map(ToString::to_string).collect())
    }

    /// Binds an identity to the role of this name in a group.
    ///
    /// # Errors
    ///
    /// When one of them is not there.
    pub fn add_binding(&self, group: &str, identity: &str, role: &str) -> Result<(), StartError> {
        let (group, identity) = (parse(group)?, parse(identity)?);
        self.shared.bind(&group, &identity, role).map(|_| ()).map_err(StartError)
    }

    /// A pull token for the libraries of an ecosystem (`javascript`), valid for 30 days.
    ///
    /// # Errors
    ///
    /// When there is no such ecosystem.
    pub fn pull_token(&self, ecosystem: &str) -> Result<PullToken, StartError> {
        let role = format!("libraries.{ecosystem}.pull");
        let spec = IdentitySpec::pull_token("ready made").role(&role);
        let ids = self.shared.add_identities(&spec, &self.example).map_err(StartError)?;
        let id = ids.first().ok_or_else(|| StartError("no identity was made".to_owned()))?;
        self.password_of(id.as_str())
    }

    /// The pull token of an identity that was added here.
    ///
    /// # Errors
    ///
    /// When there is no such identity.
    pub fn password_of(&self, identity: &str) -> Result<PullToken, StartError> {
        let password = self.shared.password_of(&parse(identity)?).map_err(StartError)?;
        Ok(PullToken { username: identity.to_owned(), password })
    }
}

fn parse(id: &str) -> Result<Uidp, StartError> {
    Uidp::parse(id).ok_or_else(|| StartError(format!("{id} is no identifier")))
}
