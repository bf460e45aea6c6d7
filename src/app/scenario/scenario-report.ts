import { inspect } from 'node:util';
import type { ScenarioResult, StepResult } from './run-scenario.ts';
import type { Scenario } from './scenario-file.ts';

/** A scenario and what became of it. */
export interface PlayedScenario {
  readonly scenario: Scenario;
  readonly result: ScenarioResult;
}

/** A line for a file, and below it each failed step with its line in the file. */
export function reportText({ scenario, result }: PlayedScenario): string {
  const failed = result.steps.filter((step) => !step.passed);
  return [
    `${result.passed ? '✓' : '✗'} ${result.file}: ${result.scenario}`,
    ...failed.map((step) => `    ${result.file}:${lineOf(scenario, step)}: ${failureText(step)}`),
  ].join('\n');
}

/** `4 scenarios, 3 passed, 1 failed`. */
export function totalsText(played: readonly PlayedScenario[]): string {
  const passed = played.filter(({ result }) => result.passed).length;
  const scenarios = played.length === 1 ? '1 scenario' : `${played.length} scenarios`;
  return `${scenarios}, ${passed} passed, ${played.length - passed} failed`;
}

/** JUnit's XML as build servers read it: a suite a file, a case a step. */
export function junitXml(played: readonly PlayedScenario[]): string {
  const suites = played.flatMap(({ scenario, result }) => [
    `  <testsuite name=${quoted(result.scenario)} file=${quoted(result.file)} ${counts(result.steps)}>`,
    ...result.steps.flatMap((step) => caseLines(scenario, result, step)),
    '  </testsuite>',
  ]);
  const all = played.flatMap(({ result }) => result.steps);
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts(all)}>`, ...suites, '</testsuites>', ''].join(
    '\n',
  );
}

function caseLines(scenario: Scenario, result: ScenarioResult, step: StepResult): readonly string[] {
  const line = lineOf(scenario, step);
  const name = quoted(`step ${step.index + 1}: ${step.step}`);
  const open = `    <testcase name=${name} classname=${quoted(result.file)} line="${line}"`;
  if (step.passed) return [`${open}/>`];
  return [`${open}>`, `      <failure message=${quoted(failureText(step))}/>`, '    </testcase>'];
}

function counts(steps: readonly StepResult[]): string {
  return `tests="${steps.length}" failures="${steps.filter((step) => !step.passed).length}"`;
}

function failureText({ step, expected, actual, inOrder }: StepResult): string {
  const wanted = expected === undefined ? '' : `expected ${shown(expected)}, got `;
  const text = `${step}: ${wanted}${shown(actual)}`;
  if (inOrder === undefined) return text;
  return `${text}; in ${inOrder.failed} of ${inOrder.of} orders, first in: ${inOrder.order}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 5, breakLength: Number.POSITIVE_INFINITY });
}

/** The audit after the last step stands in no line of the file. */
function lineOf(scenario: Scenario, step: StepResult): number {
  return scenario.steps[step.index]?.line ?? scenario.steps.at(-1)?.line ?? 1;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** An attribute's value. XML 1.0 has no way to write most control characters, so they become the replacement sign. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not get through.
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return `"${clean.replace(/[&<>"]/g, (sign) => entities[sign] ?? '').replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`;
}
