//! Every rate of the generator, in one table.

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Customers,
    Bookings,
    Leads,
}

impl Source {
    pub const ALL: [Source; 3] = [Source::Customers, Source::Bookings, Source::Leads];

    /// Its name in the truth, and its file's.
    pub fn name(self) -> &'static str {
        match self {
            Source::Customers => "customers",
            Source::Bookings => "bookings",
            Source::Leads => "leads",
        }
    }
}

/// One row of the table: a thing that may be so.
pub struct Odds {
    /// Its name in `truth/faults.csv`.
    pub name: &'static str,
    /// How often of 1000 times that it could be so, by source.
    pub per_mille: [usize; 3],
    /// Whether it makes a record say less than the truth, or something else.
    pub fault: bool,
}

macro_rules! odds {
    ($($(#[doc = $doc:literal])+ $chance:ident $name:literal $kind:ident $rates:tt;)+) => {
        /// A thing that may be so, by [`ODDS`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Chance { $($(#[doc = $doc])+ $chance),+ }

        /// All rates, in the order of [`Chance`].
        pub const ODDS: &[Odds] = &[$($kind($name, $rates)),+];
    };
}

const fn trait_of(name: &'static str, (n,): (usize,)) -> Odds {
    Odds { name, per_mille: [n, n, n], fault: false }
}

const fn manner(name: &'static str, (c, b, l): (usize, usize, usize)) -> Odds {
    Odds { name, per_mille: [c, b, l], fault: false }
}

const fn fault(name: &'static str, (c, b, l): (usize, usize, usize)) -> Odds {
    Odds { name, per_mille: [c, b, l], fault: true }
}

// Of people and households: one rate. Of records: in customers, bookings and leads.
odds! {
    /// A household has 2 to 5 people; with the sizes of `people.rs` that is 35 % of the people.
    Household "household" trait_of (154,);
    /// The people of a household are no family: each has a surname of their own.
    Flatmates "flatmates" trait_of (100,);
    /// A household of two is a parent with a grown-up child, not a couple.
    ParentAndChild "parent_and_child" trait_of (250,);
    /// One of a couple has kept another surname.
    KeptSurname "kept_surname" trait_of (150,);
    /// A child of the parent's sex has the parent's whole name: senior and junior.
    Junior "junior" trait_of (150,);
    /// A child is the twin of the child before.
    Twin "twin" trait_of (150,);
    /// Twins have names with the same first letter.
    AlikeTwins "alike_twins" trait_of (500,);
    /// A family has a landline.
    FamilyLandline "family_landline" trait_of (650,);
    /// Somebody who lives alone has a landline.
    SingleLandline "single_landline" trait_of (200,);
    /// A family has a mailbox for all.
    FamilyEmail "family_email" trait_of (400,);
    /// Somebody has a middle name.
    Middle "middle" trait_of (650,);
    /// A woman has married and changed her surname since the company opened.
    Married "married" trait_of (60,);
    /// Her address was made before that and keeps the old name.
    OldMailbox "old_mailbox" trait_of (500,);
    /// Somebody has a mailbox of their own.
    Email "email" trait_of (970,);
    /// Somebody has a second mailbox, at work.
    WorkEmail "work_email" trait_of (250,);
    /// Somebody has a second number.
    SecondPhone "second_phone" trait_of (200,);
    /// Somebody's number belonged to somebody else who is in the lists too.
    RecycledPhone "recycled_phone" trait_of (4,);
    /// A household has moved without the company's help.
    Moved "moved" trait_of (120,);
    /// Somebody with a lead asks again.
    AskedAgain "asked_again" trait_of (130,);
    /// A customer is entered a second time.
    EnteredAgain "entered_again" trait_of (120,);
    /// Somebody with a booking books again, from where they live then.
    BookedAgain "booked_again" trait_of (150,);
    /// The second booking is the first one, typed in twice.
    SameJob "same_job" trait_of (250,);
    /// A lead and a booking of one person have one quote number.
    Converted "converted" trait_of (600,);

    /// The middle initial is written.
    ShowsMiddle "shows_middle" manner (500, 300, 50);
    /// Jr. or Sr. is written.
    ShowsSuffix "shows_suffix" manner (400, 300, 100);
    /// The date of birth is asked for and given.
    ShowsBorn "shows_born" manner (550, 300, 0);
    /// The name is written "Last, First".
    LastFirst "last_first" manner (0, 150, 0);
    /// The number given is the landline.
    GivesLandline "gives_landline" manner (400, 400, 300);
    /// The address given is the one at work.
    GivesWorkEmail "gives_work_email" manner (150, 250, 150);
    /// The address given is the family's.
    GivesFamilyEmail "gives_family_email" manner (500, 500, 400);
    /// The second address or number is given too.
    GivesSecond "gives_second" manner (600, 0, 0);
    /// "Street" and not "St".
    StreetInFull "street_in_full" manner (300, 150, 500);
    /// A postcode of nine digits.
    ZipPlusFour "zip_plus_four" manner (100, 20, 0);

    /// Bill for William.
    Nickname "nickname" fault (80, 100, 180);
    /// A slip of the finger in the given name.
    GivenTypo "given_typo" fault (15, 25, 40);
    /// A slip of the finger in the surname.
    FamilyTypo "family_typo" fault (20, 30, 45);
    /// A slip of the finger in the e-mail address.
    EmailTypo "email_typo" fault (8, 15, 30);
    /// A slip of the finger in the phone number.
    PhoneTypo "phone_typo" fault (8, 12, 20);
    /// A slip of the finger in the street.
    StreetTypo "street_typo" fault (20, 25, 30);
    /// The given name is where the surname should be.
    Swapped "swapped" fault (8, 10, 20);
    /// The whole name is where the given name should be.
    OneField "one_field" fault (0, 0, 30);
    /// All in capitals.
    Capitals "capitals" fault (60, 40, 15);
    /// All in small letters.
    SmallLetters "small_letters" fault (5, 10, 120);
    /// After the wedding, but under the old surname.
    OldSurname "old_surname" fault (300, 100, 50);
    /// After the move, but with the old address.
    OldAddress "old_address" fault (350, 50, 50);
    /// The date of birth is another one.
    BornWrong "born_wrong" fault (20, 30, 0);
    /// No e-mail address.
    NoEmail "no_email" fault (30, 60, 40);
    /// "no email", N/A, test@test.com.
    EmailPlaceholder "email_placeholder" fault (12, 25, 20);
    /// No phone number.
    NoPhone "no_phone" fault (30, 30, 120);
    /// 000-000-0000, N/A.
    PhonePlaceholder "phone_placeholder" fault (8, 12, 25);
    /// No street.
    NoStreet "no_street" fault (40, 10, 350);
    /// No city and no state.
    NoCity "no_city" fault (20, 5, 80);
    /// No postcode.
    NoZip "no_zip" fault (40, 30, 60);
    /// A postcode as a scanner reads it: O for 0.
    ZipMisread "zip_misread" fault (8, 15, 5);
    /// "Texas" and not "TX".
    StateInFull "state_in_full" fault (20, 40, 150);
    /// The branch by another name.
    BranchAlias "branch_alias" fault (0, 150, 200);
    /// Nothing but a name.
    OnlyName "only_name" fault (5, 0, 10);

    /// In the next export, the record is gone.
    Removed "removed" manner (20, 0, 0);
    /// In the next export, the record says something else.
    Changed "changed" manner (60, 100, 80);
    /// In the next export, the record is there twice, and the second one contradicts the first.
    Contradicted "contradicted" manner (4, 2, 2);
    /// In the next export, somebody known has asked once more.
    CameBack "came_back" trait_of (40,);
}
