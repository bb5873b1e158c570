/** The report of the doctor for people, in a form that one can paste into an issue. Pure. */
import { counted } from '../../core/text.ts';
import { colour } from '../output/colour.ts';
import { type Block, blank, line, title } from '../output/textBlocks.ts';
import type { DoctorReport, Exam, ExamResult } from './types.ts';

export function writeDoctor({ stack, region, exams, questions }: DoctorReport): readonly Block[] {
  const count = (result: ExamResult) => exams.filter((one) => one.result === result).length;
  const areas = [...new Set(exams.map(({ area }) => area))];
  return [
    title(
      `${stack} in ${region}: ${counted(count('wrong'), 'fault')}, ${count('unknown')} not known, ${count('well')} well`,
    ),
    ...areas.flatMap((area) => [
      blank,
      line(area),
      ...exams.filter((one) => one.area === area).flatMap(writeExam),
    ]),
    blank,
    line(
      'What only AWS can answer. Please paste the answers into an issue: they may differ between accounts.',
    ),
    ...questions.flatMap(({ asks, answer, how }) => [
      line([colour('dim', '? '), asks], 2),
      line(answer === null ? [colour('warn', 'not asked: '), how] : `${answer} (${how})`, 4),
    ]),
  ];
}

const MARKS = {
  well: colour('good', 'ok   '),
  wrong: colour('bad', 'wrong'),
  unknown: colour('warn', '?    '),
} as const;

const writeExam = ({ subject, result, says, toDo }: Exam): readonly Block[] => [
  line([MARKS[result], ` ${subject}: ${says}`], 2),
  ...(toDo === null ? [] : [line(`to do: ${toDo}`, 8)]),
];
