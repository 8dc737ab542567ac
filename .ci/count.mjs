// Adds up the test runner's own reports; fails where a test failed, was skipped, or none was run.
import { readFileSync } from 'node:fs'

const reports = process.argv.slice(2).map(path => JSON.parse(readFileSync(path, 'utf8')))
const sum = key => reports.reduce((total, report) => total + report[key], 0)

const tests = reports.flatMap(report => report.testResults).flatMap(file => file.assertionResults)

const passed = sum('numPassedTests')
// A file that could not be loaded has no test of its own to count as failed.
const broken = reports
  .flatMap(report => report.testResults)
  .filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
const failed = sum('numFailedTests') + broken
const skipped = sum('numPendingTests') + sum('numTodoTests')

if (skipped > 0) {
  const names = tests
    .filter(test => !['passed', 'failed'].includes(test.status))
    .map(test => `  ${test.fullName}`)
  console.log(`Skipped, which CI does not allow:\n${names.join('\n')}`)
}
// Again at the end, where a log that is cut still has it.
for (const test of tests.filter(({ status }) => status === 'failed')) {
  const [said = ''] = test.failureMessages
  console.log(`Failed: ${test.fullName}\n  ${said.split('\n', 3).join('\n  ')}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed + skipped > 0 || passed === 0 ? 1 : 0
