import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerWith, json, meetingAt, open, person, USER } from '../../test/page';
import { Component as EditMeeting } from './edit-meeting';
import { Component as NewMeeting } from './new-meeting';

const routes = [
  { path: '/new-meeting', Component: NewMeeting },
  { path: '/edit/:code', Component: EditMeeting },
  { path: '*', element: <p>elsewhere</p> },
];
const ONE = '/meeting/meetings/abcdefghjk/';

beforeEach(() => {
  // All four hundred make every look at the page slow.
  vi.spyOn(Intl, 'supportedValuesOf').mockReturnValue(['Asia/Kathmandu', 'Europe/Berlin']);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const fill = async () => {
  fireEvent.change(await screen.findByRole('textbox', { name: /^Title/ }), { target: { value: 'Plan' } });
  fireEvent.change(screen.getByRole('textbox', { name: /^Notes/ }), { target: { value: 'All' } });
};
const create = () => person.click(screen.getByRole('button', { name: 'Create Meeting' }));

describe('a new meeting', () => {
  it('marks what is missing and asks nobody', async () => {
    const asked = answerWith(USER);
    await open(routes, '/new-meeting');
    await create();
    expect(screen.getAllByText('This field is required.')).toHaveLength(2);
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: /^Title/ }));
    expect(asked.some(({ method }) => method === 'POST')).toBe(false);
    await person.type(screen.getByRole('textbox', { name: /^Title/ }), 'x');
    expect(screen.getAllByText('This field is required.')).toHaveLength(1);
  });

  it('refuses an end before its start', async () => {
    answerWith(USER);
    await open(routes, '/new-meeting');
    await fill();
    fireEvent.change(screen.getByLabelText(/^Starts/), { target: { value: '2027-01-01T10:00' } });
    fireEvent.change(screen.getByLabelText('Ends'), { target: { value: '2027-01-01T09:00' } });
    await create();
    expect(screen.getByText('The end must be after the start.')).toBeTruthy();
  });

  it('is sent with the moments that are meant, and shows what to pass on', async () => {
    const asked = answerWith({ ...USER, 'POST /meeting/new/': json(meetingAt(60), 201) });
    await open(routes, '/new-meeting');
    await fill();
    await person.selectOptions(screen.getByRole('combobox', { name: 'Time zone' }), 'Asia/Kathmandu');
    fireEvent.change(screen.getByLabelText(/^Starts/), { target: { value: '2027-01-01T10:00' } });
    await person.selectOptions(screen.getByRole('combobox', { name: 'Length' }), '45');
    await create();
    expect(await screen.findByRole('heading', { name: 'The meeting is scheduled' })).toBeTruthy();
    expect(screen.getByText('abc-defg-hjk')).toBeTruthy();
    const sent = await asked.find(({ method }) => method === 'POST')?.json();
    expect(sent).toEqual({
      title: 'Plan',
      notes: 'All',
      start_time: '2027-01-01T04:15:00.000Z',
      end_time: '2027-01-01T05:00:00.000Z',
    });
  });

  it('asks which is meant of a time that comes twice', async () => {
    answerWith(USER);
    await open(routes, '/new-meeting');
    await person.selectOptions(screen.getByRole('combobox', { name: 'Time zone' }), 'Europe/Berlin');
    fireEvent.change(screen.getByLabelText(/^Starts/), { target: { value: '2026-10-25T02:10' } });
    const question = await screen.findAllByRole('combobox', { name: /comes twice/ });
    expect(question[0]?.textContent).toContain('GMT+2');
    expect(question[0]?.textContent).toContain('GMT+1');
  });

  it('puts what the server says at the fields', async () => {
    answerWith({ ...USER, 'POST /meeting/new/': json({ end_time: ['The end must be later.'] }, 400) });
    await open(routes, '/new-meeting');
    await fill();
    await create();
    expect(await screen.findByText('The end must be later.')).toBeTruthy();
    expect(screen.getByLabelText('Ends').getAttribute('aria-invalid')).toBe('true');
  });

  it('says what to do when something else went wrong', async () => {
    answerWith({ ...USER, 'POST /meeting/new/': json({ detail: 'x' }, 500) });
    await open(routes, '/new-meeting');
    await fill();
    await create();
    expect(
      await screen.findByText('Error creating meeting, please refresh the page and try again'),
    ).toBeTruthy();
  });

  it('that starts now is opened at once', async () => {
    const asked = answerWith({ ...USER, 'POST /meeting/new/': json(meetingAt(0), 201) });
    const { where } = await open(routes, '/new-meeting');
    await fill();
    const box = screen.getByRole('checkbox', { name: 'Start now' });
    expect(box.getAttribute('name')).toBe('join-now');
    await person.click(box);
    expect(screen.queryByLabelText(/^Starts/)).toBeNull();
    await person.click(screen.getByRole('button', { name: 'Create and open' }));
    await waitFor(() => expect(where()).toBe('/conf/abcdefghjk/'));
    const sent = await asked.find(({ method }) => method === 'POST')?.json();
    expect(Math.abs(Date.parse(sent.start_time) - Date.now())).toBeLessThan(60_000);
  });
});

describe('a meeting that there is', () => {
  it('is changed by its host', async () => {
    const meeting = meetingAt(60, { end_time: null });
    const asked = answerWith({
      ...USER,
      [`GET ${ONE}`]: json(meeting),
      [`PATCH ${ONE}`]: json({ ...meeting, title: 'Planned' }),
    });
    await open(routes, '/edit/ABC-defg-hjk');
    const title = await screen.findByRole('textbox', { name: /^Title/ });
    await person.type(title, 'ned');
    await person.click(screen.getByRole('button', { name: 'Save changes' }));
    expect(await screen.findByText('Saved')).toBeTruthy();
    const sent = await asked.find(({ method }) => method === 'PATCH')?.json();
    expect(sent).toMatchObject({ title: 'Planned', end_time: null });
  });

  it('is not changed by others', async () => {
    const host = { ...meetingAt(0).host, username: 'charles', first_name: 'Charles', last_name: 'Babbage' };
    answerWith({ ...USER, [`GET ${ONE}`]: json(meetingAt(60, { host })) });
    await open(routes, '/edit/abcdefghjk');
    expect((await screen.findByRole('alert')).textContent).toContain('Charles Babbage');
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('may be gone', async () => {
    answerWith(USER);
    await open(routes, '/edit/abcdefghjk');
    expect(await screen.findByText('Could not find the meeting with code "abcdefghjk"')).toBeTruthy();
  });

  it('is deleted after asking', async () => {
    answerWith({
      ...USER,
      [`GET ${ONE}`]: json(meetingAt(60)),
      [`DELETE ${ONE}`]: () => new Response(null, { status: 204 }),
    });
    const { where } = await open(routes, '/edit/abcdefghjk');
    await person.click(await screen.findByRole('button', { name: 'Delete meeting' }));
    const [, confirm] = screen.getAllByRole('button', { name: 'Delete meeting' });
    if (confirm) await person.click(confirm);
    await waitFor(() => expect(where()).toBe('/'));
  });
});
