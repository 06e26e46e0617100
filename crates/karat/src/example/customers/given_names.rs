//! Given names in the United States, commonest first, and what their bearers are called.

/// Names of men.
pub const MEN: &str = "\
    James Michael Robert John David William Richard Joseph Thomas Christopher Charles Daniel \
    Matthew Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian Timothy Ronald \
    George Jason Edward Jeffrey Ryan Jacob Nicholas Gary Eric Jonathan Stephen Larry Justin \
    Scott Brandon Benjamin Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Jerry \
    Tyler Aaron Jose Adam Nathan Henry Zachary Douglas Peter Kyle Noah Ethan Jeremy Christian \
    Walter Keith Austin Roger Terry Sean Gerald Carl Dylan Harold Jordan Jesse Bryan Lawrence \
    Arthur Gabriel Bruce Logan Billy Joe Alan Juan Elijah Willie Albert Wayne Randy Mason \
    Vincent Liam Roy Bobby Caleb Bradley Russell Lucas Philip Eugene Carlos Miguel Louis Victor \
    Luis Leonard Martin Travis Curtis Evan Fred Theodore Isaac Marcus Derek Frederick Ernest \
    Howard Oscar Cameron Joel Trevor Grant Spencer Manuel Francis Antonio Dale Ricardo Edwin \
    Shane Chad Brett Ray Norman Wesley Glenn Craig Alfred Calvin Hector Ruben Leo Dustin \
    Mitchell Max Ivan Sergio Franklin Clifford Maurice Stanley Omar Marvin Ross Andre Javier \
    Gilbert Dominic Raul Julian Abraham Cody Harvey Clayton Nelson Hugh Emmett Felix Darrell \
    Ramon Lloyd Elliot Preston Malik Wendell Silas Desmond Graham Rufus Tobias";

/// Names of women.
pub const WOMEN: &str = "\
    Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen Sarah Lisa Nancy Sandra \
    Betty Ashley Emily Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie \
    Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole \
    Anna Samantha Katherine Christine Debra Rachel Carolyn Janet Maria Olivia Heather Helen \
    Catherine Diane Julie Victoria Joyce Lauren Kelly Christina Ruth Joan Virginia Judith Evelyn \
    Hannah Andrea Megan Cheryl Jacqueline Madison Teresa Abigail Sophia Martha Sara Gloria \
    Janice Kathryn Ann Isabella Judy Charlotte Julia Theresa Ava Alice Grace Denise Beverly \
    Amber Danielle Marilyn Doris Jean Natalie Brittany Alexis Kayla Tiffany Diana Rose Lori Jane \
    Frances Tammy Vanessa Erin Jamie Crystal Monica Tina Peggy Cassandra Veronica Allison Leslie \
    Gabrielle Valerie Suzanne Holly Kristin Paige April Tara Dana Regina Alicia Robin Josephine \
    Florence Eleanor Adriana Carmen Rosa Yolanda Bonnie Wendy Melanie Caroline Claire Lillian \
    Audrey Lucy Priscilla Molly Brooke Sabrina Jocelyn Miranda Bridget Constance Bernadette \
    Geraldine Millicent Penelope Winifred Rosemary Harriet Marjorie Sylvia Naomi Miriam Tabitha \
    Adelaide Beatrice Cecilia Daphne Felicia Gwendolyn Henrietta Imogen Loretta Minerva Nadine";

/// Given names and what their bearers are called; a name that is both stands on both sides.
pub const NICKNAMES: &str = "\
    James:Jim,Jimmy,Jamie Michael:Mike,Mickey Robert:Bob,Rob,Bobby John:Jack,Johnny \
    David:Dave,Davey William:Bill,Will,Billy Richard:Rick,Dick,Rich Joseph:Joe,Joey \
    Thomas:Tom,Tommy Christopher:Chris,Kit Charles:Charlie,Chuck Daniel:Dan,Danny Matthew:Matt \
    Anthony:Tony Donald:Don,Donnie Steven:Steve Andrew:Andy,Drew Joshua:Josh Kenneth:Ken,Kenny \
    Kevin:Kev Timothy:Tim,Timmy Ronald:Ron,Ronnie Edward:Ed,Ted,Eddie Jeffrey:Jeff Jacob:Jake \
    Nicholas:Nick,Nicky Jonathan:Jon,Jonny Stephen:Steve Lawrence:Larry Brandon:Bran \
    Benjamin:Ben,Benny Samuel:Sam,Sammy Gregory:Greg Alexander:Alex,Al,Xander Patrick:Pat,Paddy \
    Raymond:Ray Dennis:Denny Tyler:Ty Nathan:Nate Henry:Hank,Harry Zachary:Zach,Zack \
    Douglas:Doug Peter:Pete Walter:Walt,Wally Gerald:Gerry,Jerry Harold:Harry,Hal \
    Arthur:Art,Artie Gabriel:Gabe Albert:Al,Bert Vincent:Vince,Vinny Bradley:Brad Russell:Russ \
    Lucas:Luke Philip:Phil Eugene:Gene Louis:Lou Victor:Vic Leonard:Len,Lenny Martin:Marty \
    Curtis:Curt Theodore:Ted,Theo Isaac:Ike Marcus:Marc Frederick:Fred,Freddy Ernest:Ernie \
    Howard:Howie Cameron:Cam Manuel:Manny Francis:Frank Antonio:Tony Ricardo:Rick Edwin:Ed \
    Norman:Norm Wesley:Wes Alfred:Al,Fred Calvin:Cal Mitchell:Mitch Maurice:Moe Stanley:Stan \
    Gilbert:Gil Dominic:Dom Abraham:Abe Clayton:Clay Franklin:Frank Clifford:Cliff \
    Patricia:Pat,Patty,Tricia Jennifer:Jen,Jenny Elizabeth:Liz,Beth,Betsy,Eliza Barbara:Barb \
    Susan:Sue,Suzie Jessica:Jess,Jessie Sarah:Sally Nancy:Nan Sandra:Sandy Ashley:Ash Emily:Em \
    Kimberly:Kim Margaret:Peggy,Maggie,Meg Michelle:Shelly Amanda:Mandy Melissa:Missy,Mel \
    Deborah:Debbie,Deb Stephanie:Steph Rebecca:Becky,Becca Cynthia:Cindy Dorothy:Dot,Dottie \
    Kathleen:Kathy,Kate Angela:Angie Pamela:Pam Nicole:Nikki Samantha:Sam \
    Katherine:Kate,Kathy,Katie,Kitty Christine:Chris,Tina Debra:Deb,Debbie Rachel:Rach \
    Carolyn:Carrie Catherine:Cathy,Cat Victoria:Vicky,Tori Christina:Tina,Chrissy \
    Virginia:Ginny Judith:Judy Evelyn:Evie Andrea:Andi Megan:Meg Jacqueline:Jackie Madison:Maddie \
    Teresa:Terri,Tess Abigail:Abby Sophia:Sophie Martha:Marty Kathryn:Kathy,Kate Isabella:Bella \
    Charlotte:Charlie,Lottie Theresa:Terri,Tess Beverly:Bev Danielle:Dani Natalie:Nat \
    Brittany:Britt Alexis:Lexi Tiffany:Tiff Frances:Fran,Frannie Vanessa:Nessa Crystal:Crys \
    Cassandra:Cassie,Sandra Veronica:Ronnie,Vera Allison:Ally Leslie:Les Gabrielle:Gabby \
    Valerie:Val Suzanne:Sue Kristin:Kris Regina:Gina Josephine:Jo,Josie Eleanor:Ellie,Nell \
    Yolanda:Yoli Melanie:Mel Caroline:Carrie Lillian:Lily Priscilla:Cilla Constance:Connie \
    Bernadette:Bernie Geraldine:Gerry Millicent:Millie Penelope:Penny Winifred:Winnie \
    Rosemary:Rosie Harriet:Hattie Marjorie:Margie Sylvia:Syl Tabitha:Tabby Beatrice:Bea \
    Gwendolyn:Gwen Henrietta:Etta Loretta:Lori";

/// Surnames after those of the agents' list, commonest first.
pub const SURNAMES: &str = "\
    Garcia Rodriguez Martinez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Nguyen \
    Rivera Flores Gomez Diaz Cruz Reyes Morales Ortiz Gutierrez Chavez Ramos Kim Alvarez Castillo \
    Mendoza Patel Ruiz Jimenez Vargas Castro Munoz Fernandez Murphy Ross Ford Bryant Griffin Hayes \
    Hunter Tran Chen Wang Singh Shah Webb Tucker Burns Crawford Henry Boyd Mason Kennedy Warren \
    Dixon Ferguson Nichols Knight Hart Cunningham Carpenter Harper Hicks Berry Stone Spencer Dunn \
    Hunt Palmer Rose Black Robertson Holmes Meyer Rice Wagner Snyder Weaver Porter Lane Andrews \
    Ruiz-Diaz Pierce Arnold Chapman Elliott Lawrence Greene Bradley Duncan Armstrong Carroll Riley \
    Austin Hudson Franklin Kelley Gilbert Lynch Payne Little Wells Sims Day Fowler Fields Banks \
    Bishop Grant Frazier Simpson Vasquez Soto Oliver Montgomery Larson Reid George Burke Marshall \
    Hansen Owens Matthews Gordon Shaw Daniels Hawkins Santos Moreno Ryan Olson Schultz Park Silva \
    Bowman Medina Fuller Welch Brewer Hoffman Schmidt Carlson O'Brien O'Connor O'Neal McDonald \
    McCoy McKinney Doyle Maldonado Vega Pena Rios Sandoval Guerrero Delgado Le Pham Huynh Li Wu \
    Liu Zhang Yang Chang Lin Khan Ahmed Ali Hussain Cohen Levy Goldberg Schwartz Novak Kowalski \
    Romano Russo Esposito Petrov Ivanov Larsen Johansson Nielsen Dubois Moreau Silverman Nakamura \
    Tanaka Sato Yamamoto Ito Choi Lim Kang Okafor Mensah Diallo Haddad Nasser Abbott Whitney";
