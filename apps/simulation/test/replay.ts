// Lets the plan in PLAN happen, and prints what came of it as JSON.
import type { Plan } from '../src/plan/plan.ts';
import { converse } from '../src/run/conversation.ts';
import { watchImmediates } from '../src/world/passes.ts';

watchImmediates();
const plan = JSON.parse(process.env['PLAN']!) as Plan;
const { broken, digest } = await converse(plan);
process.stdout.write(JSON.stringify({ seed: plan.seed, digest, broken }));
