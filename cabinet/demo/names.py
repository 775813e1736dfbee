"""Ordinary given and family names by background, with the races and ethnicities families of it report."""

from dataclasses import dataclass
from enum import StrEnum, auto

from cabinet.tables.terms import RaceEthnicity

NATIVE, ASIAN = RaceEthnicity.AMERICAN_INDIAN_OR_ALASKA_NATIVE, RaceEthnicity.ASIAN
BLACK, HISPANIC = RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN, RaceEthnicity.HISPANIC_OR_LATINO
ARAB, WHITE = RaceEthnicity.MIDDLE_EASTERN_OR_NORTH_AFRICAN, RaceEthnicity.WHITE
PACIFIC = RaceEthnicity.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER

Races = tuple[RaceEthnicity, ...]


class Origin(StrEnum):
    EUROPEAN = auto()
    LATINO = auto()
    AFRICAN_AMERICAN = auto()
    CARIBBEAN = auto()
    EAST_ASIAN = auto()
    SOUTHEAST_ASIAN = auto()
    SOUTH_ASIAN = auto()
    MIDDLE_EASTERN = auto()
    FIRST_NATIONS = auto()


@dataclass(frozen=True)
class Background:
    """Names of one origin; `other_language` is the share of its homes that speak no English."""

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    races: dict[Races, float]
    other_language: float


def _background(
    girls: str, boys: str, families: str, races: dict[Races, float], other_language: float
) -> Background:
    return Background(tuple(girls.split()), tuple(boys.split()), tuple(families.split()), races, other_language)


BACKGROUNDS: dict[Origin, Background] = {
    Origin.EUROPEAN: _background(
        "Emma Olivia Abigail Charlotte Hannah Grace Lily Nora Claire Molly Sophie Ella Lucy Audrey Hazel "
        "Stella Maeve Julia Caroline Paige Quinn Rose Tessa Anna Kate Margaret Eliza Ruby Piper Violet",
        "Liam Noah Owen Jack Henry Lucas Ethan Benjamin Samuel Connor Ryan Thomas Nathan Evan Patrick Luke "
        "Cole Wyatt Charles Andrew Gavin Sean William Jacob Theodore Peter Simon Miles Max Graham",
        "Sullivan Murphy Walsh Baker Carter Clark Collins Cooper Doyle Fisher Foster Gallagher Hughes Kelly "
        "Kowalski Larsen Lombardi Marino Miller Mitchell Moore Nelson Novak OBrien Parker Pelletier Ricci "
        "Romano Russo Schmidt Stewart Taylor Thompson Turner Wagner Ward Weber Wood Wright Young Bennett "
        "Chapman Dalton Ellis Fletcher Gibson Hale Keller Lynch Porter",
        {(WHITE,): 1.0},
        0.03,
    ),
    Origin.LATINO: _background(
        "Sofia Isabella Camila Valentina Lucia Mariana Gabriela Daniela Ximena Elena Ana Carmen Adriana "
        "Paola Natalia Alejandra Rosa Catalina Jimena Yaretzi Marisol Esmeralda Noemi Leticia Abril Renata",
        "Mateo Santiago Diego Sebastian Alejandro Angel Luis Carlos Jose Juan Miguel Javier Emiliano Andres "
        "Gabriel Joaquin Rafael Hector Marco Ricardo Fernando Julian Ivan Adrian Tomas Cesar",
        "Garcia Rodriguez Martinez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera Gomez "
        "Diaz Reyes Morales Cruz Ortiz Gutierrez Chavez Ramos Ruiz Alvarez Mendoza Vasquez Castillo Jimenez "
        "Moreno Romero Herrera Medina Aguilar Vargas Guzman Mendez Munoz Salazar Soto Santiago Cabrera",
        {(HISPANIC,): 0.68, (HISPANIC, WHITE): 0.19, (BLACK, HISPANIC): 0.1, (HISPANIC, NATIVE): 0.03},
        0.55,
    ),
    Origin.AFRICAN_AMERICAN: _background(
        "Aaliyah Imani Nia Jada Kayla Zoe Destiny Ebony Jasmine Kiara Naomi Raven Simone Tiana Zuri Amara "
        "Brianna Gabrielle Layla Maya Nevaeh Skylar Trinity Aniyah",
        "Elijah Isaiah Jayden Malik Xavier Darius Jalen Andre Marcus Terrence Cameron Caleb Josiah Micah "
        "Dominic Tyrese Khalil Devin Jeremiah Trey Quincy Langston Desmond Amari",
        "Washington Jefferson Jackson Williams Johnson Brown Davis Robinson Harris Lewis Walker Allen Green "
        "Coleman Jenkins Perry Powell Patterson Simmons Bryant Alexander Griffin Hayes Butler Booker Banks "
        "Gaines Hampton Mosley Dorsey",
        {(BLACK,): 0.95, (BLACK, WHITE): 0.05},
        0.01,
    ),
    Origin.CARIBBEAN: _background(
        "Nadege Fabiola Mirlande Rose Esther Widline Djenane Guerda Ketsia Daphne Lovelie Sabine Ivone Dulce "
        "Edna Solange Celeste Vania",
        "Jean Pierre Wilson Ricardo Emmanuel Samuel Stanley Kervens Widlin Rodney Junior Evens Nelson Jair "
        "Edson Adilson Carlos Valdir",
        "Joseph Baptiste Charles Francois Etienne Desir Louis Michel Saint-Fleur Toussaint Andrade Barros "
        "Fortes Gomes Lima Monteiro Pires Tavares Teixeira Varela",
        {(BLACK,): 0.9, (BLACK, HISPANIC): 0.1},
        0.5,
    ),
    Origin.EAST_ASIAN: _background(
        "Mei Grace Emily Lin Yuna Hana Alice Jia Iris Vivian Minji Yuki Angela Kaylee Cindy Winnie",
        "Wei Kevin Ryan Jun Minho Daniel Hao Kenji Leo Alan Eric Jason Brandon Tian Jinwoo Raymond",
        "Chen Wang Li Zhang Liu Lin Huang Wu Yang Zhao Kim Lee Park Choi Tanaka Sato Wong Chan Cheung Lau",
        {(ASIAN,): 1.0},
        0.32,
    ),
    Origin.SOUTHEAST_ASIAN: _background(
        "Linh Thao Mai Trang Sreymom Bopha Kim Thuy Angelica Maricel Dara Lan Joy Sophea Ngoc Chanthy",
        "Minh Huy Khang Dara Sovann Vuthy Long Duc Jomar Paolo Tuan Rith Bao Viet Samnang Phong",
        "Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Sok Chea Keo Prak Chhim Vang Xiong Reyes Bautista Villanueva",
        {(ASIAN,): 0.93, (ASIAN, PACIFIC): 0.07},
        0.42,
    ),
    Origin.SOUTH_ASIAN: _background(
        "Priya Ananya Diya Isha Meera Kavya Riya Aisha Fatima Sana Nisha Pooja Tara Asha",
        "Arjun Rohan Aarav Dev Krishna Vikram Nikhil Rahul Imran Hamza Sanjay Kiran Aditya Ravi",
        "Patel Shah Singh Sharma Gupta Kumar Desai Khan Ahmed Reddy Rao Iyer Mehta Chowdhury Joshi Gurung",
        {(ASIAN,): 1.0},
        0.22,
    ),
    Origin.MIDDLE_EASTERN: _background(
        "Yasmin Leila Noor Mariam Zahra Amira Salma Hala Rania Dina Samira Farah",
        "Omar Yusuf Ali Karim Hassan Tariq Samir Bilal Nabil Ziad Rami Idris",
        "Haddad Khoury Nasser Mansour Saleh Farouk Aziz Hamdan Karimi Rahimi Darwish Sabbagh Bakr Tahir",
        {(ARAB,): 0.85, (ARAB, WHITE): 0.15},
        0.48,
    ),
    Origin.FIRST_NATIONS: _background(
        "Kaya Winona Leilani Aiyana Malia Sequoia Talia Kiona",
        "Dakota Kai Takoda Keanu Nakoa Chayton Ahanu Elan",
        "Redbird Whitehorse Littlefield Begay Kealoha Kahale Attaquin Mills Peters Frye",
        {(NATIVE,): 0.55, (NATIVE, WHITE): 0.25, (PACIFIC,): 0.2},
        0.03,
    ),
}
