// A hundred prompts outside the tasks, written by hand for measuring: questions, greetings, requests and other
// arithmetic. The generator of training prompts refuses them, and none of its frames can produce one.
import type { Language } from '../task.ts';
import { furtherEnglish, furtherGerman } from './further-held-out-prompts.ts';
import type { OutsideScope } from './honest-answer.ts';

export type HeldOutPrompt = { readonly language: Language; readonly prompt: string };

const english = `
Hello, nice to meet you!
Good morning
hey there, anyone home?
Howdy partner
Hi! My name is Susan.
How have you been lately?
What's your name?
Tell me about yourself
What is your favorite movie?
Are you conscious?
Can you pass the Turing test?
What model is this and who trained it?
What are your limits?
How do you work internally?
What is the capital of France?
Who wrote Hamlet?
When did the Second World War end?
Why is the sky blue?
How many continents are there?
What is the boiling point of water?
Where was the first Olympic Games held?
Which planet has the most moons?
Is Pluto still a planet?
Who painted the Mona Lisa?
How do airplanes stay in the air?
Does sugar make kids hyperactive?
What year did the Titanic sink?
Write a short poem about autumn leaves
Please translate this sentence into French: I am hungry.
Give me a recipe for banana bread
Summarize the plot of Romeo and Juliet in two sentences.
Make up a bedtime story with a talking frog
Proofread the following: their going too the libary
Create a packing list for a weekend in the mountains
Write a regular expression that matches email addresses
How do I reverse a linked list in C++?
What's the difference between TCP and UDP?
def fibonacci(n):
What should I cook tonight with eggs and rice?
My back hurts, what should I do?
I lost my keys again
Do you believe in God?
What is 15 + 27?
What's the square root of 144?
Calculate 20 percent of 350
What is 123 * 456?
84 divided by 7
Solve for y: 3y - 4 = 11
Use 2, 3, 7 and 8 once each to make 24.
asdf qwerty lorem ipsum`;

const german = `
Hallo, schön dich kennenzulernen!
Moin moin
Guten Morgen allerseits
Na, alles klar bei dir?
Hey, ist da jemand?
Ich heiße Susanne.
Wie heißt du eigentlich?
Stell dich bitte kurz vor
Was ist dein Lieblingsfilm?
Hast du ein Bewusstsein?
Wer hat dich trainiert und wann?
Wo liegen deine Grenzen?
Wofür bist du gut?
Bist du ChatGPT?
Was ist die Hauptstadt von Frankreich?
Wer schrieb den Faust?
Wann endete der Zweite Weltkrieg?
Warum ist der Himmel blau?
Wie viele Kontinente gibt es?
Bei welcher Temperatur kocht Wasser?
Welcher Planet hat die meisten Monde?
Wie heißt der höchste Berg der Welt?
Wer malte die Mona Lisa?
Warum können Flugzeuge fliegen?
Wie entsteht ein Regenbogen?
In welchem Jahr fiel die Mauer?
Welche Tiere halten Winterschlaf?
Schreib mir bitte ein kurzes Herbstgedicht
Übersetze den Satz ins Englische: Ich habe Hunger.
Hast du ein gutes Rezept für Apfelkuchen?
Fasse mir Romeo und Julia in zwei Sätzen zusammen.
Denk dir eine Gutenachtgeschichte mit einem Frosch aus
Formuliere eine höfliche Absage an den Vermieter
Mach mir eine Packliste fürs Wochenende
Wie drehe ich in C++ eine verkettete Liste um?
Was unterscheidet TCP von UDP?
Was soll ich heute Abend mit Reis und Eiern kochen?
Mein Rücken tut weh, was hilft?
Ich habe schon wieder meinen Schlüssel verloren
Glaubst du an Gott?
Brauche ich morgen eine Jacke?
Wie wird das Wetter am Wochenende?
Was ist 15 + 27?
Was ist die Quadratwurzel von 144?
Rechne mir 20 Prozent von 350 aus
Was ergibt 123 * 456?
84 geteilt durch 7
Löse nach y: 3y - 4 = 11
Bilde aus 2, 3, 7 und 8 die Zahl 24.
Das ist doch Quatsch mit Soße`;

/** What the first three tasks do not ask and a further one does. */
const askedByFurtherTasks: ReadonlySet<string> = new Set([
  'What is 15 + 27?',
  'Was ist 15 + 27?',
  'Use 2, 3, 7 and 8 once each to make 24.',
  'Bilde aus 2, 3, 7 und 8 die Zahl 24.',
]);

const first = [...linesOf('en', english), ...linesOf('de', german)];
const further = [...linesOf('en', furtherEnglish), ...linesOf('de', furtherGerman)];

/** The prompts by what is outside, half of them English and half German: 100 outside the first tasks, 200 outside all. */
export const heldOutPrompts: Readonly<Record<OutsideScope, readonly HeldOutPrompt[]>> = {
  'first-tasks': first,
  'all-tasks': [...first.filter(({ prompt }) => !askedByFurtherTasks.has(prompt)), ...further],
};

const heldOutGists: ReadonlySet<string> = new Set([...first, ...further].map(({ prompt }) => gistOf(prompt)));

/** Whether a prompt is one of the held-out prompts but for case, spaces and punctuation. */
export function isHeldOutPrompt(prompt: string): boolean {
  return heldOutGists.has(gistOf(prompt));
}

function gistOf(prompt: string): string {
  return prompt.toLowerCase().replaceAll(/[^\p{L}\p{N}+\-*/]/gu, '');
}

function linesOf(language: Language, text: string): readonly HeldOutPrompt[] {
  return text
    .trim()
    .split('\n')
    .map((prompt) => ({ language, prompt }));
}
