/** What `vpn-medic doctor` reports. */

/** Version 1: fields may be added, never renamed or taken away. */
export interface DoctorReport {
  readonly version: 1;
  readonly region: string;
  readonly stack: string;
  /** `wrong`: something does not work; `unknown`: something could not be examined, and nothing is wrong as far as seen. */
  readonly result: ExamResult;
  readonly exams: readonly Exam[];
  readonly questions: readonly Question[];
}

export type ExamResult = 'well' | 'wrong' | 'unknown';

export interface Exam {
  readonly area: (typeof AREAS)[number];
  readonly subject: string;
  readonly result: ExamResult;
  readonly says: string;
  /** The one thing to do; null: nothing. */
  readonly toDo: string | null;
}

/** In the order in which they are shown. */
export const AREAS = [
  'watching',
  'functions',
  'load',
  'permissions',
  'probes',
  'topics',
  'alarms',
  'widget',
  'delay',
] as const;

/** What only AWS can answer: no emulator proves it. */
export interface Question {
  readonly id: string;
  readonly asks: string;
  /** What AWS answered; null: it could not be asked. */
  readonly answer: string | null;
  /** How it was asked, or how to have it answered. */
  readonly how: string;
}

export const well = (area: Exam['area'], subject: string, says: string): Exam => ({
  area,
  subject,
  result: 'well',
  says,
  toDo: null,
});

export const wrong = (area: Exam['area'], subject: string, says: string, toDo: string): Exam => ({
  area,
  subject,
  result: 'wrong',
  says,
  toDo,
});

export const unexamined = (area: Exam['area'], subject: string, why: string): Exam => ({
  area,
  subject,
  result: 'unknown',
  says: why,
  toDo: null,
});
