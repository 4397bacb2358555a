#ifdef __cplusplus
extern "C" {
#endif
void anju_json_placeholder(void);
#ifdef __cplusplus
}
#endif
