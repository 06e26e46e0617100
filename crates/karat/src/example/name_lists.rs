//! Common given names and surnames of several cultures, commonest first.
//!
//! A person of the example is a random pair of them: nobody real is meant. The lists are texts of
//! words, because that is how they are readable.

use std::sync::LazyLock;

/// The names of one culture.
pub struct Culture {
    pub given: Vec<&'static str>,
    pub family: Vec<&'static str>,
}

type Words = LazyLock<Vec<&'static str>>;

fn words(text: &'static str) -> Vec<&'static str> {
    text.split(' ').collect()
}

fn culture(given: &'static str, family: &'static str) -> Culture {
    Culture { given: words(given), family: words(family) }
}

pub static AMERICAN: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Michael Jennifer David Lisa James Mary Robert Karen John Susan William Patricia \
         Christopher Elizabeth Daniel Jessica Matthew Sarah Joseph Amanda Brian Melissa Thomas \
         Stephanie Richard Michelle Steven Kimberly Kevin Angela Andrew Laura Jeffrey Nicole Mark \
         Rebecca Timothy Amy Anthony Heather Charles Rachel Joshua Megan Scott Christine Gregory \
         Katherine Kenneth Deborah Ryan Samantha Eric Cynthia Jason Pamela Nicholas Sandra \
         Jonathan Linda Benjamin Barbara Samuel Donna Patrick Carol Alexander Diane Edward \
         Margaret Ronald Theresa Justin Victoria Brandon Catherine Adam Tiffany Nathan Danielle \
         Peter Crystal Zachary Monica Douglas Wendy Keith Dana Gary Tara Todd Holly Craig Kelly \
         Dennis April Walter Denise Philip Valerie Raymond Suzanne Carl Bonnie Russell Marcia \
         Bradley Leslie Marcus Jordan Derek Erin Troy Paige Lawrence Brooke Albert Jill Gerald \
         Beth Vincent Robin Chad Alyssa",
        "\
         Smith Johnson Williams Brown Jones Davis Miller Wilson Anderson Taylor Thomas Moore \
         Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King \
         Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts \
         Phillips Evans Turner Parker Collins Edwards Stewart Morris Cook Rogers Morgan Cooper \
         Peterson Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett \
         Gray Hughes Price Sanders Myers Long Foster Russell Jenkins Perry Powell Sullivan Butler \
         Barnes Fisher Henderson Coleman Simmons Patterson Jordan Reynolds Hamilton Graham \
         Wallace Cole West Hayes Gibson",
    )
});

pub static TURKISH: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Mehmet Ayşe Mustafa Fatma Ahmet Zeynep Ali Elif İbrahim Gülşen Hüseyin Özlem Çağrı Işıl \
         Oğuz Şule Barış İnci Uğur Çiğdem Yiğit Gökçe Kağan Nazlı Ömer Sıla Tuğba Işık İlker \
         Yağmur",
        "\
         Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç \
         Çetin Koç Kurt Özkan Şimşek Polat Özçelik Işık İnan Güneş Aksoy Bozkurt Ağaoğlu Çakır \
         Kızılırmak",
    )
});

pub static SPANISH: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Maria Jose Juan Carlos Luis Ana Miguel Carmen Jorge Rosa José Sofía Andrés Lucía Raúl \
         Inés Mónica Jesús Ángel Begoña Alejandro Gabriela Ricardo Veronica Fernando Claudia \
         Javier Marisol",
        "\
         Garcia Rodriguez Martinez Hernandez Lopez Gonzalez Perez Sanchez Ramírez Núñez Peña \
         Muñoz Gómez Díaz Vásquez Ibáñez Rivera Torres Flores Morales Ortiz Castillo Delgado \
         Fuentes Herrera",
    )
});

pub static POLISH: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Anna Piotr Katarzyna Krzysztof Agnieszka Andrzej Ewa Tomasz Joanna Paweł Małgorzata \
         Michał Łukasz Bożena Wiesława Jarosław Zofia",
        "\
         Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański \
         Woźniak Dąbrowski Kozłowski Jabłoński Mazur",
    )
});

pub static VIETNAMESE: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Anh Hoa Linh Minh Thanh Tuấn Hùng Lan Dũng Quân Thảo Vinh",
        "\
         Nguyễn Trần Lê Phạm Hoàng Võ Đặng Bùi Đỗ Hồ Ngô Dương",
    )
});

pub static IRISH: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Sean Siobhan Liam Maeve Declan Aoife Connor Niamh Brendan Deirdre Fionnuala Eamon Seán \
         Róisín",
        "\
         O'Brien Murphy O'Connor McCarthy O'Neill Kavanagh O'Sullivan McDonnell Fitzgerald \
         O'Reilly McGrath O'Doherty Gallagher O'Leary McMahon",
    )
});

pub static GERMAN: LazyLock<Culture> = LazyLock::new(|| {
    culture(
        "\
         Hans Ursula Klaus Ingrid Jürgen Sabine Günter Heike Uwe Käthe Björn Anneliese Dieter \
         Monika Jörg",
        "\
         Müller Schmidt Schneider Weiß Weber Schäfer Koch Krüger Bauer Größer Köhler Hoffmann \
         Zimmermann Böhm Lang",
    )
});

/// The front halves of coined given names; with `COINED_ENDS` they make a long tail.
pub static COINED_STARTS: Words = LazyLock::new(|| {
    words(
        "\
         Ad Al Am Ar Bel Br Cal Car Cor Dar Del Dor El Em Fran Gar Gl Har Jan Jor Kar Kel Lan Lor \
         Mar Mel Mor Nor Ol Ros Sh Tam Ter Tr Val Ver Wil Zan",
    )
});
pub static COINED_ENDS: Words = LazyLock::new(|| {
    words(
        "\
         a aine an anda ani antha ek ela ella en enne eric essa etta ey ia iana ice ick ika ina \
         inda ine is isa ita on ona ora osa ten ton una yce ye yn ynn ysa",
    )
});

/// Halves of coined English surnames.
pub static SURNAME_STARTS: Words = LazyLock::new(|| {
    words(
        "\
         Alder Ash Bald Bar Beck Birch Black Bram Brad Bur Calder Carl Chat Clay Col Cran Crom \
         Dal Dray Dun East Elder Ells Fair Farn Fen Free Gar Glad Gold Grant Hadd Hal Harl Hart \
         Haw Hazel Hens Hol Horn Hunt Hux Kel Ken Kirk Lam Lang Led Lin Lock Mad Mar Mel Mid Mill \
         Mor Nor Oak Pem Pres Rad Rams Red Rock Rush Sand Sel Shel Stan Stock Stod Sum Sut Thorn \
         Thur Tilt Wade Wal War Water Wend Wex Whit Win Wood Wor",
    )
});
pub static SURNAME_ENDS: Words = LazyLock::new(|| {
    words(
        "\
         ald ard beck berry borne bridge brook burn bury by church combe cott croft dale den don \
         er field ford gate grove ham hart hill holm house hurst ing ington land ley lock low man \
         marsh mere mont more ridge row sby shaw son stead ster stone ton wall ward water well \
         wick win wood worth",
    )
});

/// Given names and, after a colon, what their bearers are called.
pub static NICKNAMES: Words = LazyLock::new(|| {
    words(
        "\
         Michael:Mike Jennifer:Jen David:Dave James:Jim Robert:Bob John:Jack Susan:Sue \
         William:Bill Patricia:Patty Christopher:Chris Elizabeth:Liz Daniel:Dan Matthew:Matt \
         Joseph:Joe Thomas:Tom Richard:Rick Steven:Steve Kimberly:Kim Andrew:Drew Jeffrey:Jeff \
         Rebecca:Becky Timothy:Tim Anthony:Tony Charles:Chuck Joshua:Josh Christine:Tina \
         Gregory:Greg Katherine:Kate Kenneth:Ken Deborah:Debbie Samantha:Sam Cynthia:Cindy \
         Pamela:Pam Nicholas:Nick Edward:Ted Margaret:Peggy Ronald:Ron Theresa:Terri \
         Victoria:Vicky Alexander:Alex",
    )
});

/// What agents write behind their names.
pub const CREDENTIALS: &[&str] = &[
    ", Realtor",
    ", REALTOR",
    " (R)",
    ", Jr.",
    " Jr.",
    ", MBA",
    ", GRI",
    ", CRS, GRI",
    ", ABR",
    ", Sr.",
    " III",
    ", PhD",
    ", Esq.",
    ", Broker",
];
