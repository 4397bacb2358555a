/* fsynclat - fdatasync latency of a directory's disk, and SQLite WAL commit cost by batch size.
 * usage: fsynclat DIR [iterations]   */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static uint64_t now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return (uint64_t)t.tv_sec*1000000000ull+(uint64_t)t.tv_nsec;}
static int cmp(const void*a,const void*b){uint64_t x=*(const uint64_t*)a,y=*(const uint64_t*)b;return x<y?-1:x>y;}
static void rep(const char*n,uint64_t*v,int k,double rows){qsort(v,(size_t)k,8,cmp);double s=0;for(int i=0;i<k;i++)s+=(double)v[i];
 printf("%-46s n=%-6d p50=%8.1f p90=%8.1f p99=%8.1f p99.9=%8.1f max=%8.1f mean=%8.1f us",n,k,v[k/2]/1e3,v[k*9/10]/1e3,v[k*99/100]/1e3,v[(int)(k*.999)]/1e3,v[k-1]/1e3,s/k/1e3);
 if(rows>0)printf("  %.0f rows/s",rows*k/(s/1e9));
 puts("");fflush(stdout);}
static char path[512];
static void file_test(const char*dir,int n,int pre,int size,int full){
 snprintf(path,sizeof path,"%s/fsynclat.tmp",dir);unlink(path);int fd=open(path,O_RDWR|O_CREAT,0600);static char b[1<<20];memset(b,7,sizeof b);
 if(pre){for(int i=0;i<64;i++)if(write(fd,b,sizeof b)<0)exit(1);fsync(fd);}
 uint64_t*v=malloc((size_t)n*8);off_t pos=0;
 for(int i=0;i<n;i++){if(pre&&pos+size>(64<<20))pos=0;if(pwrite(fd,b,(size_t)size,pos)<0)exit(1);pos+=size;uint64_t t=now();if(full)fsync(fd);else fdatasync(fd);v[i]=now()-t;}
 char nm[96];snprintf(nm,sizeof nm,"%s, %s %d B",full?"fsync":"fdatasync",pre?"overwrite preallocated":"append",size);rep(nm,v,n,0);free(v);close(fd);unlink(path);}
static void sql_test(const char*dir,const char*sync,int batch,int n,int ckpt){
 char w[600];const char*sfx[]={"","-wal","-shm"};snprintf(path,sizeof path,"%s/fsynclat.db",dir);for(int i=0;i<3;i++){snprintf(w,sizeof w,"%s%s",path,sfx[i]);unlink(w);}
 sqlite3*db;sqlite3_stmt*s;sqlite3_open(path,&db);sqlite3_exec(db,"PRAGMA journal_mode=WAL",0,0,0);snprintf(w,sizeof w,"PRAGMA synchronous=%s",sync);sqlite3_exec(db,w,0,0,0);
 snprintf(w,sizeof w,"PRAGMA wal_autocheckpoint=%d",ckpt);sqlite3_exec(db,w,0,0,0);sqlite3_exec(db,"PRAGMA locking_mode=EXCLUSIVE",0,0,0);
 sqlite3_exec(db,"CREATE TABLE e(id INTEGER PRIMARY KEY,ts INTEGER,topic TEXT,payload BLOB)",0,0,0);sqlite3_prepare_v2(db,"INSERT INTO e(ts,topic,payload)VALUES(?,?,?)",-1,&s,0);
 char pl[280];memset(pl,'x',sizeof pl);uint64_t*v=malloc((size_t)n*8);
 for(int i=0;i<n;i++){uint64_t t=now();sqlite3_exec(db,"BEGIN IMMEDIATE",0,0,0);for(int j=0;j<batch;j++){sqlite3_bind_int64(s,1,(sqlite3_int64)t);sqlite3_bind_text(s,2,"home/h00012/smoke0",-1,SQLITE_STATIC);sqlite3_bind_blob(s,3,pl,sizeof pl,SQLITE_STATIC);sqlite3_step(s);sqlite3_reset(s);}
  if(sqlite3_exec(db,"COMMIT",0,0,0)){puts(sqlite3_errmsg(db));exit(1);}v[i]=now()-t;}
 char nm[96];snprintf(nm,sizeof nm,"SQLite WAL %s, %d row(s)/commit, ckpt %d",sync,batch,ckpt);rep(nm,v,n,batch);free(v);sqlite3_finalize(s);sqlite3_close(db);
 for(int i=0;i<3;i++){snprintf(w,sizeof w,"%s%s",path,sfx[i]);unlink(w);}}
int main(int c,char**a){const char*d=c>1?a[1]:".";int n=c>2?atoi(a[2]):2000;printf("SQLite %s\n",sqlite3_libversion());
 file_test(d,n,0,4096,0);file_test(d,n,1,4096,0);file_test(d,n,1,300,0);file_test(d,n/4+1,1,65536,0);file_test(d,n/2+1,0,4096,1);
 sql_test(d,"FULL",1,n,1000);sql_test(d,"FULL",10,n,1000);sql_test(d,"FULL",100,n/4+1,1000);sql_test(d,"FULL",1000,n/20+1,1000);sql_test(d,"FULL",1,n,10000);sql_test(d,"FULL",100,n/4+1,10000);
 sql_test(d,"NORMAL",1,n*2,1000);sql_test(d,"NORMAL",100,n/2+1,1000);sql_test(d,"NORMAL",1000,n/20+1,1000);sql_test(d,"OFF",1000,n/20+1,1000);return 0;}
