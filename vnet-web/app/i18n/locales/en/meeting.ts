const meeting = {};

export default meeting;
