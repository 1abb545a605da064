//! The first staff account.

use std::io::{self, BufRead as _, IsTerminal as _};

use vnet::core::accounts::SignUp;
use vnet::core::user::{User, Username};
use vnet::{Error, Secret, Vnet};

use crate::args::CreateAdmin;
use crate::failure::{Failure, causes};

/// Makes the account, or promotes it, and says what to do next.
pub(crate) async fn create_admin(vnet: &Vnet, wanted: &CreateAdmin) -> Result<String, Failure> {
    let username: Username = wanted
        .name
        .parse()
        .map_err(|error: vnet::core::FieldError| {
            Failure::setting("NAME", error.message, "3 to 150 letters, digits and _")
        })?;
    let known = vnet
        .store()
        .find_user(&username)
        .await
        .map_err(|error| Failure::run("cannot look the account up", &error))?;
    let done = match (known, wanted.promote) {
        (Some(user), true) => promote(vnet, user).await?,
        (Some(user), false) => return Err(taken(&user)),
        (None, true) => {
            let wrong = format!("there is no account {username} to promote");
            return Err(Failure::setting(
                "--promote",
                wrong,
                "leave it away to make one",
            ));
        }
        (None, false) => make(vnet, wanted).await?,
    };
    Ok(format!(
        "{done}\nNext: start the server, sign in as {username} at /account/sign-in/, and open /admin/."
    ))
}

fn taken(user: &User) -> Failure {
    let name = &user.username;
    let what = if user.is_staff {
        "a staff account"
    } else {
        "an account"
    };
    let wrong = format!("{what} {name} exists since {}", user.date_joined.date());
    let right = if user.is_staff {
        "choose another name, or sign in with it".to_owned()
    } else {
        format!("choose another name, or make its owner staff: create-admin {name} --promote")
    };
    Failure::setting("NAME", wrong, right)
}

async fn make(vnet: &Vnet, wanted: &CreateAdmin) -> Result<String, Failure> {
    let email = wanted
        .email
        .clone()
        .unwrap_or_else(|| format!("{}@vnet.invalid", wanted.name));
    let password = read_password()?;
    let form = SignUp {
        username: wanted.name.clone(),
        email,
        first_name: "VNET".to_owned(),
        last_name: "Staff".to_owned(),
        password: password.clone(),
        password_2: password,
    };
    match vnet.accounts().create_staff(&form).await {
        Ok(user) => Ok(format!("The staff account {} is made.", user.username)),
        Err(error) if !error.fields().is_empty() => Err(refused(&error)),
        Err(error) => Err(Failure::run("cannot make the account", &error)),
    }
}

/// What is wrong with what was typed, by field.
fn refused(error: &Error) -> Failure {
    let fields = error
        .fields()
        .iter()
        .map(|field| format!("{}: {}", field.field, field.message));
    Failure::Input(fields.collect::<Vec<_>>().join(" "))
}

async fn promote(vnet: &Vnet, mut user: User) -> Result<String, Failure> {
    if user.is_staff && user.is_active {
        return Ok(format!("{} is staff already.", user.username));
    }
    (user.is_staff, user.is_active) = (true, true);
    match vnet.store().update_user(&user).await {
        Ok(user) => Ok(format!(
            "{} is staff now; the password stays.",
            user.username
        )),
        Err(error) => {
            let what = "cannot change the account, try again";
            Err(Failure::Run(format!("{what}: {}", causes(&error))))
        }
    }
}

/// Twice from the terminal without showing it, or the first line of what is piped in.
fn read_password() -> Result<Secret, Failure> {
    let unreadable = |error: io::Error| Failure::run("cannot read the password", &error);
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(unreadable)?;
        let end = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(end);
        return Ok(Secret::from(line));
    }
    let first = Secret::from(rpassword::prompt_password("Password: ").map_err(unreadable)?);
    let again = Secret::from(rpassword::prompt_password("The same again: ").map_err(unreadable)?);
    if first == again {
        Ok(first)
    } else {
        Err(Failure::Input("password: the two are not the same".into()))
    }
}
