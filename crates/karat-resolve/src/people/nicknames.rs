//! Given names of English and what their bearers are called.

use rustc_hash::FxHashMap;

/// The most given names that one short form stands for.
const MOST: usize = 4;

/// The given names that a word stands for, by number from 1.
pub(super) type Stands = [u8; MOST];

/// A word that is neither a given name of the list nor short for one.
pub(super) const NOTHING: Stands = [0; MOST];

/// In each line a given name, other spellings of it, and its short forms.
const NAMES: [&str; 118] = [
    "abigail abby gail",
    "abraham abe bram",
    "albert al bert bertie",
    "alexander alex al sandy xander lex sasha",
    "alexandra alexandria alex sandra sandy lexi sasha",
    "alfred al fred alf alfie",
    "allison alison allie ali",
    "amanda mandy amy",
    "andrew andy drew",
    "angela angie angelina",
    "ann anne anna annie nan nancy",
    "anthony antony tony",
    "antonio tony toni",
    "arthur art artie",
    "barbara barb babs barbie bobbie",
    "beatrice bea trixie beatrix",
    "benjamin ben benny benji",
    "bernadette bernie detta",
    "bernard bernie barney",
    "bradley brad",
    "brandon bran brand",
    "calvin cal",
    "cameron cam",
    "caroline carolyn carrie carol lynn",
    "cassandra cassie sandra",
    "catherine katherine kathryn catharine katharine kathleen cathy kathy cath kate katie kay kit kitty",
    "cecilia cece celia sissy",
    "charles chuck charlie charley chas chaz",
    "charlotte charlie lottie lotte",
    "cheryl cher sherry",
    "christian chris",
    "christine christina kristine kristina kristin kristen chris christy chrissy kris kristy tina",
    "christopher chris topher kit",
    "clifford cliff",
    "constance connie",
    "cynthia cindy",
    "daniel dan danny",
    "danielle dani danny",
    "david dave davey davy",
    "deborah debra deb debbie debby",
    "dennis denny den",
    "diana diane di",
    "dolores lola",
    "dominic dom nick",
    "donald don donnie donny",
    "dorothy dot dottie dolly dorothea",
    "douglas doug",
    "edward ed eddie eddy ted teddy ned",
    "edwin ed eddie ned",
    "eleanor ellie nell nora lenore elinor",
    "elizabeth elisabeth liz lizzie beth betty betsy eliza lisa libby bess liza",
    "emily em emmy",
    "ernest ernie",
    "eugene gene",
    "evelyn evie eve",
    "florence flo flossie",
    "frances fran frannie francie",
    "francis frank fran",
    "franklin frank frankie",
    "frederick fred freddie freddy rick frederic",
    "gabriel gabe",
    "gabrielle gabby",
    "gerald gerry jerry",
    "gerard gerry",
    "gilbert gil bert",
    "gregory greg gregg",
    "gwendolyn gwen wendy",
    "harold harry hal",
    "harriet hattie",
    "henry harry hank hal",
    "isabella isabel bella belle izzy isabelle",
    "jacob jake",
    "jacqueline jackie jacquelyn",
    "james jim jimmy jamie jimmie jem",
    "janet jan",
    "janice jan",
    "jason jay",
    "jeffrey geoffrey jeff geoff",
    "jennifer jen jenny jenn",
    "jeremy jerry jem",
    "jessica jess jessie",
    "john jack johnny jon johnnie",
    "jonathan jon jonny johnathan nathan",
    "joseph joe joey jos",
    "josephine jo josie",
    "joshua josh",
    "judith judy judi",
    "julia julie jules",
    "kenneth ken kenny",
    "kimberly kimberley kim",
    "lawrence laurence larry laurie",
    "leonard len lenny leo",
    "lillian lily lil lilian",
    "louis lewis lou louie",
    "margaret marge maggie meg peggy peg margie greta rita daisy madge",
    "marilyn mary",
    "martha marty mattie",
    "matthew mat matt",
    "melissa mel missy lissa",
    "michael mike mick mickey micky mikey",
    "michelle shelly shelley mickey",
    "nathan nathaniel nate nat",
    "nicholas nick nicky nicolas",
    "nicole nikki nicki",
    "pamela pam",
    "patricia pat patty tricia trish patsy pattie",
    "patrick pat paddy",
    "philip phillip phil",
    "raymond ray",
    "rebecca becky becca",
    "richard rick dick rich ricky richie rickey",
    "robert bob rob bobby robbie bobbie bert",
    "ronald ron ronnie ronny",
    "samuel sam sammy",
    "stephen steven steve stevie",
    "susan suzanne sue susie suzy susanna",
    "theodore ted teddy theo",
    "thomas tom tommy thom",
];

/// More of the same, for names that share a short form with none of those.
const MORE: [&str; 24] = [
    "samantha sam sammie",
    "sandra sandy",
    "stanley stan",
    "stephanie steph stefanie",
    "teresa theresa terry tess terri tessa",
    "terence terrence terry",
    "timothy tim timmy",
    "tobias toby",
    "valerie val",
    "vanessa nessa",
    "veronica ronnie vera",
    "victor vic",
    "victoria vicky vicki tori vickie",
    "vincent vince vinny",
    "virginia ginny ginger",
    "walter walt wally",
    "wesley wes",
    "william bill will billy willie liam willy",
    "winifred winnie fred",
    "zachary zach zack",
    "maurice morris moe",
    "mitchell mitch",
    "penelope penny",
    "priscilla cilla prissy",
];

/// What words stand for.
pub(super) struct Nicknames(FxHashMap<&'static str, Stands>);

impl Nicknames {
    pub fn new() -> Nicknames {
        let mut known: FxHashMap<&'static str, Stands> = FxHashMap::default();
        for (at, line) in NAMES.iter().chain(&MORE).enumerate() {
            for word in line.split(' ') {
                let stands = known.entry(word).or_insert(NOTHING);
                if let Some(free) = stands.iter_mut().find(|name| **name == 0) {
                    *free = at as u8 + 1;
                }
            }
        }
        Nicknames(known)
    }

    /// The given names that a word (in small letters) stands for.
    pub fn of(&self, word: &[u8]) -> Stands {
        let word = str::from_utf8(word).ok();
        word.and_then(|word| self.0.get(word)).copied().unwrap_or(NOTHING)
    }
}

/// Whether two words can stand for one given name.
#[inline]
pub(super) fn meet(a: Stands, b: Stands) -> bool {
    a[0] != 0 && b[0] != 0 && a.iter().any(|name| *name != 0 && b.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_meet_their_names_and_not_others() {
        let known = Nicknames::new();
        let alike = |a: &str, b: &str| meet(known.of(a.as_bytes()), known.of(b.as_bytes()));
        for (a, b) in [
            ("bill", "william"),
            ("peggy", "margaret"),
            ("katherine", "cathy"),
            ("ted", "edward"),
            ("ted", "theodore"),
            ("chris", "christine"),
            ("chris", "christopher"),
        ] {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [("christine", "christopher"), ("bill", "robert"), ("zoe", "zoe")] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn no_word_stands_for_more_names_than_fit() {
        let lines = NAMES.iter().chain(&MORE);
        let mut names: FxHashMap<&str, usize> = FxHashMap::default();
        lines
            .flat_map(|line| line.split(' '))
            .for_each(|word| *names.entry(word).or_default() += 1);
        assert!(NAMES.len() + MORE.len() < 256);
        let over: Vec<_> = names.iter().filter(|(_, names)| **names > MOST).collect();
        assert!(over.is_empty(), "{over:?}");
    }
}
